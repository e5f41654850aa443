package io.ergane.extproc;

import org.jspecify.annotations.Nullable;

/**
 * Names of decisions: 24 bits of the process, 40 bits of a sequence, as 16 hexadecimal digits. They
 * come back in access-log entries, and clients can neither choose nor repeat them.
 */
final class Tokens {
  private static final int DIGITS = 16;
  private static final int SEQUENCE_BITS = 40;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Not a token. */
  static final long NONE = 0;

  private Tokens() {}

  /**
   * @param process tells schedulers apart
   */
  static long of(long process, long sequence) {
    return process << SEQUENCE_BITS | (sequence & ((1L << SEQUENCE_BITS) - 1));
  }

  /** The process that it is of. */
  static long process(long token) {
    return token >>> SEQUENCE_BITS;
  }

  static String text(long token) {
    char[] text = new char[DIGITS];
    for (int i = 0; i < DIGITS; i++) {
      text[i] = HEX[(int) (token >>> (60 - 4 * i)) & 0xF];
    }
    return new String(text);
  }

  /** The token, {@link #NONE} when the text is none. */
  static long parse(@Nullable String text) {
    if (text == null || text.length() != DIGITS) {
      return NONE;
    }
    long token = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return NONE;
      }
      token = token << 4 | digit;
    }
    return token;
  }
}
