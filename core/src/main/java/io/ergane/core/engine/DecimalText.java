package io.ergane.core.engine;

import java.nio.charset.StandardCharsets;

/**
 * Numbers as an exposition writes them: decimals with sign, fraction and exponent, {@code NaN} and
 * {@code +Inf}/{@code -Inf} in any case.
 */
final class DecimalText {

  /**
   * Mantissas up to here and powers of ten up to 22 are exact doubles, so their product rounds
   * once.
   */
  private static final long EXACT_MANTISSA = 1L << 53;

  private static final double[] POWERS_OF_TEN = new double[23];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
    }
  }

  private DecimalText() {}

  /** Whether {@code text[from, to)} is a number. */
  static boolean isNumber(byte[] text, int from, int to) {
    int at = afterSign(text, from, to);
    if (isWord(text, at, to, "inf") || isWord(text, at, to, "infinity")) {
      return true;
    }
    if (isWord(text, from, to, "nan")) {
      return true;
    }
    int whole = digitsEnd(text, at, to);
    int digits = whole - at;
    at = whole;
    if (at < to && text[at] == '.') {
      int fraction = digitsEnd(text, at + 1, to);
      digits += fraction - at - 1;
      at = fraction;
    }
    if (digits == 0) {
      return false;
    }
    if (at < to && (text[at] | 0x20) == 'e') {
      int exponent = afterSign(text, at + 1, to);
      at = digitsEnd(text, exponent, to);
      return at > exponent && at == to;
    }
    return at == to;
  }

  /** The double nearest to a text for which {@link #isNumber} holds. */
  static double parse(byte[] text, int from, int to) {
    long mantissa = 0;
    int fraction = 0;
    boolean inFraction = false;
    for (int at = from; at < to; at++) {
      int digit = text[at] - '0';
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        fraction += inFraction ? 1 : 0;
        if (mantissa > EXACT_MANTISSA) {
          return parseSlowly(text, from, to);
        }
      } else if (text[at] == '.') {
        inFraction = true;
      } else {
        return parseSlowly(text, from, to);
      }
    }
    return fraction < POWERS_OF_TEN.length
        ? mantissa / POWERS_OF_TEN[fraction]
        : parseSlowly(text, from, to);
  }

  private static double parseSlowly(byte[] text, int from, int to) {
    int last = text[to - 1] | 0x20;
    if (last == 'n') {
      return Double.NaN;
    }
    if (last == 'f' || last == 'y') {
      return text[from] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return Double.parseDouble(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
  }

  private static int afterSign(byte[] text, int from, int to) {
    return from < to && (text[from] == '-' || text[from] == '+') ? from + 1 : from;
  }

  private static int digitsEnd(byte[] text, int from, int to) {
    int at = from;
    while (at < to && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at;
  }

  private static boolean isWord(byte[] text, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((text[from + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
