package io.ergane.core.llm;

/**
 * Well-formed UTF-8 byte sequences (Unicode 15, table 3-7: no overlong forms, no surrogates, at
 * most U+10FFFF).
 */
final class Utf8 {
  private Utf8() {}

  /**
   * Length of the multi-byte sequence at {@code at}.
   *
   * @return 2 to 4, 0 when {@code end} cuts a sequence that is well-formed so far, -1 when it is
   *     malformed
   */
  static int length(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xFF;
    int second = at + 1 < end ? bytes[at + 1] & 0xFF : -1;
    if (lead < 0xC2 || lead > 0xF4) {
      return -1;
    }
    if (second < 0) {
      return 0;
    }
    if ((second & 0xC0) != 0x80 || badSecond(lead, second)) {
      return -1;
    }
    if (lead < 0xE0) {
      return 2;
    }
    return lead < 0xF0 ? continued(bytes, at, end, 3) : continued(bytes, at, end, 4);
  }

  /**
   * Length of the run of well-formed three-byte sequences at {@code at}, as far as whole ints can
   * be loaded; 0 when the sequence there is of another kind or too close to the end to tell.
   */
  static int threeByteRun(byte[] bytes, int at, int end) {
    int p = at;
    while (p <= end - 4 && isThreeByte(Words.loadInt(bytes, p))) {
      p += 3;
    }
    return p - at;
  }

  /**
   * Whether the low three bytes are a sequence; its first five bits tell overlong forms (0) and
   * surrogates (27).
   */
  private static boolean isThreeByte(int word) {
    int firstBits = (word & 0xF) << 1 | (word >>> 13 & 1);
    return (word & 0xC0C0F0) == 0x8080E0 && firstBits != 0 && firstBits != 27;
  }

  private static boolean badSecond(int lead, int second) {
    return switch (lead) {
      case 0xE0 -> second < 0xA0;
      case 0xED -> second > 0x9F;
      case 0xF0 -> second < 0x90;
      case 0xF4 -> second > 0x8F;
      default -> false;
    };
  }

  private static int continued(byte[] bytes, int at, int end, int length) {
    for (int i = at + 2; i < at + length; i++) {
      if (i >= end) {
        return 0;
      }
      if ((bytes[i] & 0xC0) != 0x80) {
        return -1;
      }
    }
    return length;
  }
}
