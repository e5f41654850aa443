package io.ergane.core.llm;

/** Reads {@code stream} and {@code stream_options} and works out how to ask for usage. */
final class StreamOptionsReader {
  private static final Names INCLUDE_USAGE = new Names("include_usage");

  private final JsonCursor cursor;
  private boolean stream;
  private int streamEnd;
  private UsageSplice.Kind kind = UsageSplice.Kind.ADD_OPTIONS;
  private int start;
  private int end;

  StreamOptionsReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  void clear() {
    stream = false;
    kind = UsageSplice.Kind.ADD_OPTIONS;
  }

  void stream() throws MalformedJson {
    stream = cursor.peek() == 't';
    cursor.skip(1);
    streamEnd = cursor.at;
  }

  void options() throws MalformedJson {
    int b = cursor.peek();
    if (b == '{') {
      object();
      return;
    }
    kind = b == 'n' ? UsageSplice.Kind.REPLACE_NULL_OPTIONS : UsageSplice.Kind.NONE;
    start = cursor.at;
    cursor.skip(1);
    end = cursor.at;
  }

  private void object() throws MalformedJson {
    start = cursor.at + 1;
    end = start;
    kind = UsageSplice.Kind.ADD_ONLY_MEMBER;
    if (!cursor.enter('}')) {
      return;
    }
    kind = UsageSplice.Kind.ADD_FIRST_MEMBER;
    boolean found = false;
    do {
      cursor.key();
      if (INCLUDE_USAGE.indexOf(cursor) < 0) {
        cursor.skip(2);
        continue;
      }
      if (found) {
        throw cursor.fail(
            Problem.DUPLICATE_KEY,
            "the key \"include_usage\" more than once; send it once",
            cursor.stringStart - 1);
      }
      found = true;
      includeUsage();
    } while (cursor.more('}'));
  }

  private void includeUsage() throws MalformedJson {
    kind = cursor.peek() == 't' ? UsageSplice.Kind.REQUESTED : UsageSplice.Kind.REPLACE_VALUE;
    start = cursor.at;
    cursor.skip(2);
    end = cursor.at;
  }

  boolean isStream() {
    return stream;
  }

  UsageSplice splice() {
    if (kind == UsageSplice.Kind.REQUESTED) {
      return UsageSplice.REQUESTED;
    }
    if (!stream || kind == UsageSplice.Kind.NONE) {
      return UsageSplice.NONE;
    }
    boolean add = kind == UsageSplice.Kind.ADD_OPTIONS;
    return new UsageSplice(
        kind, cursor.relative(add ? streamEnd : start), cursor.relative(add ? streamEnd : end));
  }
}
