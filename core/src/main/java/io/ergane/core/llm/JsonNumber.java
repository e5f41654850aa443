package io.ergane.core.llm;

/** Reads JSON numbers; keeps the value of the last one when it is whole. */
final class JsonNumber {
  /** Digits that fit a long whatever they are. */
  private static final int SAFE_DIGITS = 18;

  /** Value of the last number, saturated beyond 18 digits; undefined unless whole. */
  long value;

  /** Whether the last number has neither fraction nor exponent. */
  boolean integral;

  /** Reads the number at {@code at} and returns the index after it. */
  int read(JsonCursor cursor, int at, int end) throws MalformedJson {
    if (at <= end - 8) {
      int length = small(cursor.bytes, at);
      if (length > 0) {
        return at + length;
      }
    }
    return any(cursor, at, end);
  }

  /**
   * Digits of the whole number of up to seven digits that is read; 0 when there is another kind.
   */
  private int small(byte[] bytes, int at) {
    long word = Words.load(bytes, at);
    int length = Words.leadingDigits(word);
    if (length == 0 || length == 8 || (length > 1 && bytes[at] == '0')) {
      return 0;
    }
    byte next = bytes[at + length];
    if (next == '.' || (next | 0x20) == 'e') {
      return 0;
    }
    integral = true;
    value = Words.decimal(word, length);
    return length;
  }

  private int any(JsonCursor cursor, int at, int end) throws MalformedJson {
    byte[] bytes = cursor.bytes;
    boolean negative = bytes[at] == '-';
    int from = negative ? at + 1 : at;
    int p = digits(cursor, from, end);
    if (p - from > 1 && bytes[from] == '0') {
      throw cursor.fail(Problem.NOT_JSON, "a number with a leading zero", from);
    }
    long whole = p - from > SAFE_DIGITS ? Long.MAX_VALUE : value;
    integral = true;
    if (p < end && bytes[p] == '.') {
      integral = false;
      p = digits(cursor, p + 1, end);
    }
    if (p < end && (bytes[p] | 0x20) == 'e') {
      integral = false;
      boolean signed = p + 1 < end && (bytes[p + 1] == '+' || bytes[p + 1] == '-');
      p = digits(cursor, signed ? p + 2 : p + 1, end);
    }
    value = negative ? -whole : whole;
    return p;
  }

  /** Passes one or more digits and leaves their value. */
  private int digits(JsonCursor cursor, int from, int end) throws MalformedJson {
    byte[] bytes = cursor.bytes;
    int p = from;
    value = 0;
    while (p < end && bytes[p] >= '0' && bytes[p] <= '9') {
      value = value * 10 + (bytes[p++] - '0');
    }
    if (p == from) {
      throw p >= end
          ? cursor.truncated()
          : cursor.fail(Problem.NOT_JSON, cursor.found(p) + " where a digit must stand", p);
    }
    return p;
  }
}
