package io.ergane.core.llm;

/**
 * Reads the content of one message: a string, or a list of parts. Texts of parts are joined by a
 * newline; parts that are not text go into the hash as they are written.
 */
final class ContentReader {
  private static final Names PART_KEYS = new Names("type", "text");
  private static final Names TEXT_TYPES = new Names("text", "input_text", "output_text");

  private final JsonCursor cursor;

  final Spans spans = new Spans();
  long codePoints;

  /** Whether there was a string or at least one text part. */
  boolean usable;

  ContentReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  void clear() {
    spans.clear();
    codePoints = 0;
    usable = false;
  }

  /**
   * Reads the value that is next in place of any read before.
   *
   * @param depth how many arrays and objects enclose it
   */
  void read(int depth) throws MalformedJson {
    clear();
    int b = cursor.peek();
    if (b == '"') {
      cursor.string();
      spans.span(cursor.stringStart, cursor.stringEnd);
      codePoints = cursor.codePoints();
      usable = true;
    } else if (b == '[') {
      parts(depth + 1);
    } else {
      cursor.skip(depth);
    }
  }

  private void parts(int depth) throws MalformedJson {
    if (!cursor.enter(']')) {
      return;
    }
    do {
      if (cursor.peek() == '{') {
        part(depth + 1);
      } else {
        spans.separator(PromptDraft.RAW);
        RawValue.read(cursor, depth, spans);
      }
    } while (cursor.more(']'));
  }

  private void part(int depth) throws MalformedJson {
    int start = cursor.at;
    int runs = cursor.whitespaceRuns;
    boolean typed = true;
    int textStart = -1;
    int textEnd = 0;
    int textCodePoints = 0;
    if (cursor.enter('}')) {
      do {
        cursor.key();
        int key = PART_KEYS.indexOf(cursor);
        boolean string = cursor.peek() == '"';
        cursor.skip(depth);
        if (key == 0) {
          typed = string && TEXT_TYPES.indexOf(cursor) >= 0;
        } else if (key == 1) {
          textStart = string ? cursor.stringStart : -1;
          textEnd = cursor.stringEnd;
          textCodePoints = cursor.codePoints();
        }
      } while (cursor.more('}'));
    }
    if (typed && textStart >= 0) {
      spans.separator(PromptDraft.PART);
      spans.span(textStart, textEnd);
      codePoints += textCodePoints + (usable ? 1 : 0);
      usable = true;
    } else {
      spans.separator(PromptDraft.RAW);
      RawValue.add(cursor, start, runs, spans);
    }
  }
}
