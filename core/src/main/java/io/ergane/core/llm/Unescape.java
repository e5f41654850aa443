package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;

/** Resolves the escapes of a JSON string that has been validated. */
final class Unescape {
  private Unescape() {}

  static String text(byte[] bytes, int start, int end) {
    StringBuilder out = new StringBuilder(end - start);
    int plain = start;
    int p = start;
    while (p < end) {
      if (bytes[p] != '\\') {
        p++;
        continue;
      }
      out.append(new String(bytes, plain, p - plain, StandardCharsets.UTF_8));
      if (bytes[p + 1] == 'u') {
        out.append(
            (char) Integer.parseInt(new String(bytes, p + 2, 4, StandardCharsets.ISO_8859_1), 16));
        p += 6;
      } else {
        out.append(single(bytes[p + 1]));
        p += 2;
      }
      plain = p;
    }
    return out.append(new String(bytes, plain, end - plain, StandardCharsets.UTF_8)).toString();
  }

  private static char single(byte b) {
    return switch (b) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> (char) b;
    };
  }
}
