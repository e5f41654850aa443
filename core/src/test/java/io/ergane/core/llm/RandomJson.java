package io.ergane.core.llm;

import java.util.List;
import java.util.Random;

/** Random JSON texts, valid as made, with every kind of escape, number and white space. */
final class RandomJson {
  private static final List<String> PIECES =
      List.of(
          "a",
          "plain text ",
          "ü",
          "漢字",
          "𝄞",
          "é",
          "\u2028",
          "~",
          "\\n",
          "\\\"",
          "\\\\",
          "\\/",
          "\\b",
          "\\f",
          "\\r",
          "\\t",
          "\\u0041",
          "\\u00fF",
          "\\ud834\\udd1e",
          "\\u0000",
          "usage",
          "\u007f",
          "a rather long run of plain text without any escape in it, sixty-four bytes");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "1",
          "42",
          "-17",
          "3.25",
          "0.5",
          "1e9",
          "1E+9",
          "2.5e-3",
          "123456789012345678901234567890",
          "100000");
  private static final List<String> UNPAIRED = List.of("\\ud834", "\\udd1e", "\\ud834\\u0041");
  private static final List<String> NAMES =
      List.of("\"a\"", "\"\"", "\"\\u0061\"", "\"ü𝄞\"", "\"type\"", "\"text\"", "\"a \\n\\\"b\"");
  private static final List<String> SPACES = List.of("", "", "", "", " ", "\n", "\t \r\n", "  ");

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  String space() {
    return oneOf(SPACES);
  }

  String string() {
    StringBuilder out = new StringBuilder("\"");
    for (int pieces = upTo(5); pieces > 0; pieces--) {
      out.append(oneOf(PIECES));
    }
    return out.append('"').toString();
  }

  /** A string that may hold halves of surrogate pairs. */
  String brokenString() {
    StringBuilder out = new StringBuilder("\"");
    for (int pieces = upTo(5); pieces > 0; pieces--) {
      out.append(chance(0.5) ? oneOf(UNPAIRED) : oneOf(PIECES));
    }
    return out.append('"').toString();
  }

  String value(int depth) {
    int kind = random.nextInt(depth > 0 ? 8 : 5);
    return switch (kind) {
      case 0 -> oneOf(List.of("true", "false", "null"));
      case 1, 2 -> oneOf(NUMBERS);
      case 3, 4 -> string();
      case 5, 6 -> object(depth);
      default -> array(depth);
    };
  }

  private String object(int depth) {
    StringBuilder out = new StringBuilder("{").append(space());
    int members = upTo(3);
    for (int i = 0; i < members; i++) {
      out.append(i == 0 ? "" : "," + space())
          .append(oneOf(NAMES))
          .append(space())
          .append(':')
          .append(space());
      out.append(value(depth - 1)).append(space());
    }
    return out.append('}').toString();
  }

  private String array(int depth) {
    StringBuilder out = new StringBuilder("[").append(space());
    int elements = upTo(4);
    for (int i = 0; i < elements; i++) {
      out.append(i == 0 ? "" : "," + space()).append(value(depth - 1)).append(space());
    }
    return out.append(']').toString();
  }

  /**
   * A copy with one to three random changes: bytes replaced, removed, inserted, or the end cut off.
   */
  byte[] mutated(byte[] text) {
    byte[] bytes = text.clone();
    for (int changes = 1 + upTo(2); changes > 0 && bytes.length > 0; changes--) {
      int at = random.nextInt(bytes.length);
      byte[] changed =
          switch (random.nextInt(5)) {
            case 0 -> splice(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> splice(bytes, at, 1, new byte[0]);
            case 2 ->
                splice(
                    bytes,
                    at,
                    0,
                    new byte[] {(byte) "{}[]\",:\\0-.eu1 tfn".charAt(random.nextInt(18))});
            case 3 -> splice(bytes, at, bytes.length - at, new byte[0]);
            default -> splice(bytes, at, 0, new byte[] {bytes[random.nextInt(bytes.length)]});
          };
      bytes = changed;
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, int removed, byte[] added) {
    byte[] out = new byte[bytes.length - removed + added.length];
    System.arraycopy(bytes, 0, out, 0, at);
    System.arraycopy(added, 0, out, at, added.length);
    System.arraycopy(bytes, at + removed, out, at + added.length, bytes.length - at - removed);
    return out;
  }
}
