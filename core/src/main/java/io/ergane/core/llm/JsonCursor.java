package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;

/**
 * A validating reader of one JSON text (RFC 8259) over bytes. Values are visited in place; nothing
 * is built. Unpaired surrogate escapes are accepted, as the grammar does.
 *
 * <p>Belongs to one thread; reusable through {@link #reset}.
 */
final class JsonCursor {
  private static final byte[] NOTHING = {};
  private static final long[] SIMPLE_ESCAPES = Words.setOf("\"\\/bfnrt");

  private final int maxDepth;
  private final long[] objectAtDepth;

  byte[] bytes = NOTHING;

  /** Next byte to read, an index into {@link #bytes}. */
  int at;

  private int start;
  private int end;

  /** Content of the last string read, without its quotes. */
  int stringStart;

  int stringEnd;

  /** Bytes of the last string in excess of its code points. */
  int stringExcess;

  boolean stringEscaped;

  /** The last number read, saturated; meaningful when {@link #numberIntegral}. */
  long numberValue;

  boolean numberIntegral;

  /**
   * How many runs of white space have been passed: unchanged over a value means the value is
   * compact.
   */
  int whitespaceRuns;

  JsonCursor(int maxDepth) {
    this.maxDepth = maxDepth;
    this.objectAtDepth = new long[(maxDepth >> 6) + 1];
  }

  void reset(byte[] source, int offset, int length) {
    bytes = source;
    start = offset;
    at = offset;
    end = offset + length;
    whitespaceRuns = 0;
  }

  /** Drops the reference to the bytes. */
  void release() {
    bytes = NOTHING;
    end = 0;
    at = 0;
  }

  /** Index of {@code position} relative to the text. */
  int relative(int position) {
    return position - start;
  }

  /** The next byte that is not white space, not consumed. */
  int peek() throws MalformedJson {
    if (at < end && bytes[at] > ' ') {
      return bytes[at];
    }
    skipWhitespace();
    if (at >= end) {
      throw truncated();
    }
    return bytes[at];
  }

  /** Whether only white space is left. */
  boolean atEnd() {
    skipWhitespace();
    return at >= end;
  }

  private void skipWhitespace() {
    int from = at;
    while (at < end && isWhitespace(bytes[at])) {
      at++;
    }
    if (at != from) {
      whitespaceRuns++;
    }
  }

  static boolean isWhitespace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /**
   * Enters the array or object whose opening byte is next; false when it is empty, which leaves it
   * consumed.
   */
  boolean enter(char closing) throws MalformedJson {
    at++;
    if (peek() == closing) {
      at++;
      return false;
    }
    return true;
  }

  /**
   * After a member or element: true with the comma consumed, false with the closing byte consumed.
   */
  boolean more(char closing) throws MalformedJson {
    int b = peek();
    if (b == ',') {
      at++;
      return true;
    }
    if (b == closing) {
      at++;
      return false;
    }
    throw unexpected("',' or '" + closing + "'");
  }

  /** Reads a member's key and colon; the key is the last string. */
  void key() throws MalformedJson {
    if (peek() != '"') {
      throw unexpected("a key in double quotes");
    }
    string();
    if (peek() != ':') {
      throw unexpected("':' after a key");
    }
    at++;
  }

  /** Reads the string whose opening quote is next. */
  void string() throws MalformedJson {
    int from = at + 1;
    int excess = 0;
    boolean escaped = false;
    int p = from;
    for (; ; ) {
      p = plainEnd(bytes, p, end);
      if (p >= end) {
        throw truncated();
      }
      byte b = bytes[p];
      if (b == '"') {
        break;
      }
      if (b == '\\' && p + 1 < end && Words.isIn(SIMPLE_ESCAPES, bytes[p + 1])) {
        p += 2;
        excess++;
        escaped = true;
        continue;
      }
      at = p;
      if (b == '\\') {
        excess += escape();
        escaped = true;
      } else if (b < 0) {
        excess += multibyte();
      } else {
        throw fail(
            Problem.NOT_JSON, "a control character inside a string; write it as an escape", p);
      }
      p = at;
    }
    stringStart = from;
    stringEnd = p;
    stringExcess = excess;
    stringEscaped = escaped;
    at = p + 1;
  }

  /** Index of the first byte at or after {@code p} that is not plain text, or {@code limit}. */
  private static int plainEnd(byte[] bytes, int p, int limit) {
    int wide = limit - 32;
    while (p <= wide) {
      long m0 = Words.notPlain(Words.load(bytes, p));
      long m1 = Words.notPlain(Words.load(bytes, p + 8));
      long m2 = Words.notPlain(Words.load(bytes, p + 16));
      long m3 = Words.notPlain(Words.load(bytes, p + 24));
      if (((m0 | m1 | m2 | m3) & Words.HIGH_BITS) != 0) {
        return p + Words.first(m0, m1, m2, m3);
      }
      p += 32;
    }
    while (p <= limit - 8) {
      long marks = Words.notPlain(Words.load(bytes, p)) & Words.HIGH_BITS;
      if (marks != 0) {
        return p + Words.first(marks);
      }
      p += 8;
    }
    while (p < limit && bytes[p] >= ' ' && bytes[p] != '"' && bytes[p] != '\\') {
      p++;
    }
    return p;
  }

  /**
   * Passes the hexadecimal escape at {@code at}; returns its bytes in excess of its code points.
   */
  private int escape() throws MalformedJson {
    if (at + 1 >= end) {
      throw truncated();
    }
    if (bytes[at + 1] != 'u') {
      throw fail(
          Problem.NOT_JSON,
          "an escape that JSON does not have; \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX are accepted",
          at);
    }
    int unit = hexUnit(at + 2);
    at += 6;
    return Character.isHighSurrogate((char) unit) && lowSurrogateFollows() ? 11 : 5;
  }

  private boolean lowSurrogateFollows() throws MalformedJson {
    if (at + 1 < end && bytes[at] == '\\' && bytes[at + 1] == 'u') {
      if (Character.isLowSurrogate((char) hexUnit(at + 2))) {
        at += 6;
        return true;
      }
    }
    return false;
  }

  private int hexUnit(int from) throws MalformedJson {
    int unit = 0;
    for (int i = from; i < from + 4; i++) {
      if (i >= end) {
        throw truncated();
      }
      int digit = Character.digit(bytes[i], 16);
      if (digit < 0) {
        throw fail(Problem.NOT_JSON, "\\u without four hexadecimal digits", i);
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /** Passes a run of non-ASCII characters; returns its bytes in excess of its code points. */
  private int multibyte() throws MalformedJson {
    int excess = 0;
    while (at < end && bytes[at] < 0) {
      int run = Utf8.threeByteRun(bytes, at, end);
      if (run > 0) {
        at += run;
        excess += run / 3 * 2;
        continue;
      }
      int length = Utf8.length(bytes, at, end);
      if (length <= 0) {
        throw length == 0
            ? truncated()
            : fail(
                Problem.NOT_UTF8,
                "bytes that are not UTF-8 inside a string; send the body as UTF-8",
                at);
      }
      at += length;
      excess += length - 1;
    }
    return excess;
  }

  /** Reads the number that is next. */
  void number() throws MalformedJson {
    if (!smallInteger()) {
      anyNumber();
    }
  }

  /** Passes a whole number of one to seven digits; false leaves everything as it was. */
  private boolean smallInteger() {
    if (at > end - 8) {
      return false;
    }
    long word = Words.load(bytes, at);
    int length = Words.leadingDigits(word);
    if (length == 0 || length == 8 || (length > 1 && bytes[at] == '0')) {
      return false;
    }
    byte next = bytes[at + length];
    if (next == '.' || (next | 0x20) == 'e') {
      return false;
    }
    numberIntegral = true;
    numberValue = Words.decimal(word, length);
    at += length;
    return true;
  }

  private void anyNumber() throws MalformedJson {
    int p = at;
    boolean negative = bytes[p] == '-';
    if (negative) {
      p++;
    }
    int from = p;
    p = digits(p);
    if (p - from > 1 && bytes[from] == '0') {
      throw fail(Problem.NOT_JSON, "a number with a leading zero", from);
    }
    numberIntegral = true;
    if (p - from > 18) {
      numberValue = Long.MAX_VALUE;
    }
    if (p < end && bytes[p] == '.') {
      numberIntegral = false;
      p = digits(p + 1);
    }
    if (p < end && (bytes[p] | 0x20) == 'e') {
      numberIntegral = false;
      boolean signed = p + 1 < end && (bytes[p + 1] == '+' || bytes[p + 1] == '-');
      p = digits(signed ? p + 2 : p + 1);
    }
    if (negative) {
      numberValue = -numberValue;
    }
    at = p;
  }

  /** Passes one or more digits and leaves their value in {@link #numberValue}. */
  private int digits(int from) throws MalformedJson {
    int p = from;
    long value = 0;
    int digit;
    while (p < end && (digit = bytes[p] - '0') >= 0 && digit <= 9) {
      value = value * 10 + digit;
      p++;
    }
    if (p == from) {
      throw p >= end
          ? truncated()
          : fail(Problem.NOT_JSON, found(p) + " where a digit must stand", p);
    }
    numberValue = value;
    return p;
  }

  private void literal(byte[] word) throws MalformedJson {
    for (int i = 0; i < word.length; i++) {
      if (at + i >= end) {
        throw truncated();
      }
      if (bytes[at + i] != word[i]) {
        throw fail(
            Problem.NOT_JSON,
            found(at + i) + " inside what began as a literal; true, false and null are accepted",
            at + i);
      }
    }
    at += word.length;
  }

  /** Reads the string, number or literal that is next, which starts with {@code first}. */
  private void scalar(int first) throws MalformedJson {
    switch (first) {
      case '"' -> string();
      case 't' -> literal(Literals.TRUE);
      case 'f' -> literal(Literals.FALSE);
      case 'n' -> literal(Literals.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a JSON value");
    }
  }

  /**
   * Passes one value of any kind.
   *
   * @param depth how many arrays and objects enclose it
   */
  void skip(int depth) throws MalformedJson {
    int open = depth;
    do {
      int b = peek();
      if (b == '{' || b == '[') {
        boolean object = b == '{';
        push(++open, object);
        if (enter(object ? '}' : ']')) {
          if (object) {
            key();
          }
          continue;
        }
        open--;
      } else {
        scalar(b);
      }
      open = closeFinished(open, depth);
    } while (open > depth);
  }

  /**
   * After a value: closes what ends here, moves to the next value of what does not. Returns the
   * depth left open.
   */
  private int closeFinished(int deepest, int depth) throws MalformedJson {
    int open = deepest;
    while (open > depth) {
      boolean object = (objectAtDepth[open >> 6] >>> open & 1) != 0;
      if (more(object ? '}' : ']')) {
        if (object) {
          key();
        }
        return open;
      }
      open--;
    }
    return open;
  }

  private void push(int depth, boolean object) throws MalformedJson {
    if (depth > maxDepth) {
      throw fail(
          Problem.TOO_DEEP,
          "arrays and objects nested more than "
              + maxDepth
              + " deep; up to "
              + maxDepth
              + " is accepted",
          at);
    }
    long bit = 1L << depth;
    long bits = objectAtDepth[depth >> 6];
    objectAtDepth[depth >> 6] = object ? bits | bit : bits & ~bit;
  }

  /** Code points of the last string. */
  int codePoints() {
    return stringEnd - stringStart - stringExcess;
  }

  /** The last string, escapes resolved. */
  String text() {
    return stringEscaped
        ? Unescape.text(bytes, stringStart, stringEnd)
        : new String(bytes, stringStart, stringEnd - stringStart, StandardCharsets.UTF_8);
  }

  MalformedJson unexpected(String accepted) {
    return fail(Problem.NOT_JSON, found(at) + " where " + accepted + " must stand", at);
  }

  MalformedJson truncated() {
    return fail(Problem.TRUNCATED, "the end of the body inside its JSON value", end);
  }

  MalformedJson fail(Problem problem, String found, int position) {
    int index = relative(position);
    return new MalformedJson(
        problem, "The request body has " + found + " (byte " + index + ").", index);
  }

  private String found(int position) {
    int b = bytes[position] & 0xFF;
    return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b);
  }
}
