package io.ergane.core.llm;

/** Reads one chat message, or one item of a Responses input, into a prompt. */
final class MessageReader {
  private static final Names KEYS =
      new Names(
          "role",
          "content",
          "type",
          "tool_calls",
          "tool_call_id",
          "name",
          "reasoning_content",
          "function_call");
  private static final Names MESSAGE_TYPE = new Names("message", "");

  private final JsonCursor cursor;
  private final ContentReader content;
  private final Spans extras = new Spans();

  private int roleStart;
  private int roleEnd;
  private int roleCodePoints;
  private boolean typed;

  MessageReader(JsonCursor cursor) {
    this.cursor = cursor;
    this.content = new ContentReader(cursor);
  }

  /**
   * Reads a chat message, the object that is next. One without a string role and usable content
   * adds no text; what it has is hashed.
   *
   * @param depth how many arrays and objects enclose it
   */
  void message(PromptDraft out, int depth) throws MalformedJson {
    object(depth + 1);
    append(out, roleStart >= 0 && content.usable);
  }

  /**
   * Reads a Responses input item, the object that is next: a message, or another item that is
   * hashed as it is.
   */
  void item(PromptDraft out, int depth) throws MalformedJson {
    int start = cursor.at;
    int runs = cursor.whitespaceRuns;
    object(depth + 1);
    if (typed && roleEnd > roleStart && content.usable) {
      append(out, true);
    } else {
      out.spans.separator(PromptDraft.RAW);
      RawValue.add(cursor, start, runs, out.spans);
    }
  }

  private void object(int depth) throws MalformedJson {
    roleStart = -1;
    roleEnd = -1;
    roleCodePoints = 0;
    typed = true;
    content.clear();
    extras.clear();
    if (!cursor.enter('}')) {
      return;
    }
    do {
      cursor.key();
      switch (KEYS.indexOf(cursor)) {
        case 0 -> role(depth);
        case 1 -> content.read(depth);
        case 2 -> type(depth);
        case -1 -> cursor.skip(depth);
        default -> {
          extras.separator(PromptDraft.RAW);
          RawValue.read(cursor, depth, extras);
        }
      }
    } while (cursor.more('}'));
  }

  private void role(int depth) throws MalformedJson {
    boolean string = cursor.peek() == '"';
    cursor.skip(depth);
    roleStart = string ? cursor.stringStart : -1;
    roleEnd = string ? cursor.stringEnd : -1;
    roleCodePoints = string ? cursor.codePoints() : 0;
  }

  private void type(int depth) throws MalformedJson {
    boolean string = cursor.peek() == '"';
    boolean absent = cursor.peek() == 'n';
    cursor.skip(depth);
    typed = absent || (string && MESSAGE_TYPE.indexOf(cursor) >= 0);
  }

  private void append(PromptDraft out, boolean hasText) {
    out.spans.separator(PromptDraft.MESSAGE);
    if (roleStart >= 0) {
      out.spans.span(roleStart, roleEnd);
    }
    out.spans.separator(PromptDraft.CONTENT);
    out.spans.addAll(content.spans);
    out.spans.addAll(extras);
    if (hasText) {
      out.codePoints += PromptDraft.MESSAGE_FRAME + roleCodePoints + content.codePoints;
    }
  }
}
