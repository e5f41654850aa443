package io.ergane.core.llm;

/**
 * A JSON value that goes into the prompt hash as it is written, without the white space between its
 * tokens.
 */
final class RawValue {
  private RawValue() {}

  /**
   * Passes the value that is next and records it.
   *
   * @param depth how many arrays and objects enclose it
   */
  static void read(JsonCursor cursor, int depth, Spans out) throws MalformedJson {
    cursor.peek();
    int start = cursor.at;
    int runs = cursor.whitespaceRuns;
    cursor.skip(depth);
    add(cursor, start, runs, out);
  }

  /**
   * Records the value that ends at the cursor.
   *
   * @param runs {@link JsonCursor#whitespaceRuns} as it was at {@code start}
   */
  static void add(JsonCursor cursor, int start, int runs, Spans out) {
    if (cursor.whitespaceRuns == runs) {
      out.span(start, cursor.at);
    } else {
      addTokens(cursor.bytes, start, cursor.at, out);
    }
  }

  private static void addTokens(byte[] bytes, int start, int end, Spans out) {
    int from = start;
    int p = start;
    while (p < end) {
      if (bytes[p] == '"') {
        p = stringEnd(bytes, p);
      } else if (JsonCursor.isWhitespace(bytes[p])) {
        out.span(from, p);
        from = ++p;
      } else {
        p++;
      }
    }
    out.span(from, end);
  }

  private static int stringEnd(byte[] bytes, int quote) {
    int p = quote + 1;
    while (bytes[p] != '"') {
      p += bytes[p] == '\\' ? 2 : 1;
    }
    return p + 1;
  }
}
