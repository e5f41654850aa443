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

  /** The last number read. */
  final JsonNumber number = new JsonNumber();

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
      p = PlainText.end(bytes, p, end);
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
    at = number.read(this, at, end);
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
    int index = relative(end);
    String message = "The request body ends inside its JSON value (byte " + index + ").";
    return new MalformedJson(Problem.TRUNCATED, message, index);
  }

  MalformedJson fail(Problem problem, String found, int position) {
    int index = relative(position);
    return new MalformedJson(
        problem, "The request body has " + found + " (byte " + index + ").", index);
  }

  String found(int position) {
    int b = bytes[position] & 0xFF;
    return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b);
  }
}
