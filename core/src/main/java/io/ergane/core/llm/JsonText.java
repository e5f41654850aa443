package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;

/** Writes JSON string literals. */
final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /** The literal of a string, quotes included, as UTF-8; unpaired surrogates are escaped. */
  static byte[] quoted(String text) {
    return utf8(appendQuoted(new StringBuilder(text.length() + 8), text, false));
  }

  static byte[] utf8(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Appends the literal of a string.
   *
   * @param goEscapes also escape what Go's encoder does: {@code <}, {@code >}, {@code &}, U+2028
   *     and U+2029
   */
  static StringBuilder appendQuoted(StringBuilder out, String text, boolean goEscapes) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else {
        appendChar(out, c, goEscapes);
      }
    }
    return out.append('"');
  }

  private static void appendChar(StringBuilder out, char c, boolean goEscapes) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      default -> {
        if (c < 0x20 || Character.isSurrogate(c) || (goEscapes && escapedByGo(c))) {
          appendHex(out, c);
        } else {
          out.append(c);
        }
      }
    }
  }

  private static boolean escapedByGo(char c) {
    return c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029';
  }

  private static void appendHex(StringBuilder out, char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xF));
    }
  }
}
