package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Collects everything of a request that can be its prompt, in whatever order it comes, then
 * chooses: {@code prompt}, else {@code messages}, else {@code input}; for a rerank, {@code query}
 * with {@code documents} when there is a query.
 *
 * <p>Hash order: cache salt, tools, system or instructions, messages.
 */
final class PromptReader {
  private static final byte[] USER = "user".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SYSTEM = "system".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DEVELOPER = "developer".getBytes(StandardCharsets.US_ASCII);
  private static final String PROMPTS =
      "a string, an array of strings, of token ids or of arrays of token ids is accepted";
  private static final Names DOCUMENT_KEYS = new Names("text");

  /** How many arrays and objects enclose the value of a top-level key. */
  private static final int TOP = 1;

  private final JsonCursor cursor;
  private final MessageReader messageReader;
  private final ContentReader system;
  private final ContentReader instructions;
  private final Spans salt = new Spans();
  private final Spans tools = new Spans();
  private final PromptDraft prompt = new PromptDraft();
  private final PromptDraft messages = new PromptDraft();
  private final PromptDraft input = new PromptDraft();
  private final PromptDraft query = new PromptDraft();
  private final PromptDraft documents = new PromptDraft();
  private final PromptDraft preamble = new PromptDraft();

  PromptReader(JsonCursor cursor) {
    this.cursor = cursor;
    this.messageReader = new MessageReader(cursor);
    this.system = new ContentReader(cursor);
    this.instructions = new ContentReader(cursor);
  }

  void clear() {
    salt.clear();
    tools.clear();
    system.clear();
    instructions.clear();
    prompt.clear();
    messages.clear();
    input.clear();
    query.clear();
    documents.clear();
    preamble.clear();
  }

  void salt() throws MalformedJson {
    if (present()) {
      salt.separator(PromptDraft.RAW);
      RawValue.read(cursor, TOP, salt);
    }
  }

  void tools() throws MalformedJson {
    if (present()) {
      tools.separator(PromptDraft.RAW);
      RawValue.read(cursor, TOP, tools);
    }
  }

  void system() throws MalformedJson {
    system.read(TOP);
  }

  void instructions() throws MalformedJson {
    if (cursor.peek() == '"') {
      instructions.read(TOP);
      instructions.usable = cursor.stringEnd > cursor.stringStart;
    } else {
      cursor.skip(TOP);
    }
  }

  /** Passes a null, which counts as an absent key; true when another value is next. */
  private boolean present() throws MalformedJson {
    if (cursor.peek() != 'n') {
      return true;
    }
    cursor.skip(TOP);
    return false;
  }

  void prompt() throws MalformedJson {
    if (!present()) {
      return;
    }
    prompt.present = true;
    switch (cursor.peek()) {
      case '"' -> text(prompt);
      case '[' -> list(prompt, false);
      default -> refuse(prompt, "prompt", PROMPTS);
    }
  }

  void messages() throws MalformedJson {
    if (!present()) {
      return;
    }
    messages.present = true;
    if (cursor.peek() != '[') {
      refuse(messages, "messages", "an array of messages is accepted");
    } else if (cursor.enter(']')) {
      do {
        if (cursor.peek() == '{') {
          messageReader.message(messages, TOP + 1);
        } else {
          cursor.skip(TOP + 1);
        }
      } while (cursor.more(']'));
    }
  }

  void input() throws MalformedJson {
    if (!present()) {
      return;
    }
    input.present = true;
    switch (cursor.peek()) {
      case '"' -> {
        cursor.string();
        input.spans.separator(PromptDraft.MESSAGE);
        input.spans.literal(USER);
        input.spans.separator(PromptDraft.CONTENT);
        input.spans.span(cursor.stringStart, cursor.stringEnd);
        input.codePoints = PromptDraft.MESSAGE_FRAME + USER.length + cursor.codePoints();
      }
      case '[' -> list(input, true);
      default ->
          refuse(
              input, "input", "a string or an array of messages, strings or token ids is accepted");
    }
  }

  void query() throws MalformedJson {
    if (!present()) {
      return;
    }
    query.present = true;
    query.spans.separator(PromptDraft.ELEMENT);
    if (cursor.peek() == '"') {
      text(query);
    } else {
      RawValue.read(cursor, TOP, query.spans);
    }
  }

  void documents() throws MalformedJson {
    if (!present()) {
      return;
    }
    documents.present = true;
    if (cursor.peek() != '[') {
      refuse(documents, "documents", "an array of strings or of objects with a text is accepted");
    } else if (cursor.enter(']')) {
      do {
        documents.spans.separator(PromptDraft.ELEMENT);
        document();
      } while (cursor.more(']'));
    }
  }

  private void document() throws MalformedJson {
    int b = cursor.peek();
    int start = cursor.at;
    int runs = cursor.whitespaceRuns;
    if (b == '"') {
      text(documents);
      return;
    }
    if (b != '{') {
      cursor.skip(TOP + 1);
    } else if (cursor.enter('}')) {
      do {
        cursor.key();
        boolean text = DOCUMENT_KEYS.indexOf(cursor) == 0 && cursor.peek() == '"';
        cursor.skip(TOP + 2);
        documents.codePoints += text ? cursor.codePoints() : 0;
      } while (cursor.more('}'));
    }
    RawValue.add(cursor, start, runs, documents.spans);
  }

  private void text(PromptDraft out) throws MalformedJson {
    cursor.string();
    out.spans.span(cursor.stringStart, cursor.stringEnd);
    out.codePoints += cursor.codePoints();
  }

  /**
   * Strings, token ids, arrays of token ids; with {@code items} also objects, and anything else is
   * passed over.
   */
  private void list(PromptDraft out, boolean items) throws MalformedJson {
    if (!cursor.enter(']')) {
      return;
    }
    do {
      int b = cursor.peek();
      if (b == '"') {
        out.spans.separator(PromptDraft.ELEMENT);
        text(out);
      } else if (b == '[') {
        out.spans.separator(PromptDraft.ELEMENT);
        ids(out);
      } else if (isNumber(b)) {
        id(out);
      } else if (items && b == '{') {
        messageReader.item(out, TOP + 1);
      } else {
        if (!items) {
          out.refuse("prompt is an array with " + kind(b) + "; " + PROMPTS);
        }
        cursor.skip(TOP + 1);
      }
    } while (cursor.more(']'));
  }

  private void ids(PromptDraft out) throws MalformedJson {
    if (!cursor.enter(']')) {
      return;
    }
    do {
      int b = cursor.peek();
      if (isNumber(b)) {
        id(out);
      } else {
        out.refuse(
            "an array of token ids holds " + kind(b) + "; whole numbers from 0 are accepted");
        cursor.skip(TOP + 2);
      }
    } while (cursor.more(']'));
  }

  private void id(PromptDraft out) throws MalformedJson {
    cursor.number();
    if (!cursor.number.integral || cursor.number.value < 0) {
      out.refuse("a token id is negative or has a fraction; whole numbers from 0 are accepted");
    }
    out.spans.id(cursor.number.value);
    out.codePoints += 4;
  }

  private void refuse(PromptDraft draft, String key, String accepted) throws MalformedJson {
    draft.refuse(key + " is " + kind(cursor.peek()) + "; " + accepted);
    cursor.skip(TOP);
  }

  private static boolean isNumber(int b) {
    return b == '-' || (b >= '0' && b <= '9');
  }

  /** What a value is, told by its first byte. */
  static String kind(int first) {
    return switch (first) {
      case '"' -> "a string";
      case '{' -> "an object";
      case '[' -> "an array";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }

  /** The prompt of the request: the key that counts; null when the request has none. */
  @Nullable PromptDraft choose(Api api) {
    if (api == Api.RERANK && query.present) {
      return documents.present ? documents : null;
    }
    if (prompt.present) {
      return prompt;
    }
    if (messages.present) {
      return messages;
    }
    return input.present ? input : null;
  }

  /**
   * Measures a chosen prompt with what a chat template puts before it, and feeds it to the hasher.
   *
   * @param blocks null to leave it unhashed
   * @return code points of the canonical prompt
   */
  long measure(PromptDraft chosen, @Nullable PrefixBlocks blocks) {
    if (chosen == documents) {
      preamble.codePoints = query.codePoints;
    } else if (chosen == messages && system.usable) {
      preamble.message(SYSTEM, system.spans, system.codePoints);
    } else if (chosen == input && instructions.usable) {
      preamble.message(DEVELOPER, instructions.spans, instructions.codePoints);
    }
    if (blocks != null) {
      hash(chosen, blocks);
    }
    return preamble.codePoints + chosen.codePoints;
  }

  private void hash(PromptDraft chosen, PrefixBlocks blocks) {
    salt.hashInto(blocks, cursor.bytes);
    if (chosen == documents) {
      query.spans.hashInto(blocks, cursor.bytes);
    } else if (chosen != prompt) {
      tools.hashInto(blocks, cursor.bytes);
      preamble.spans.hashInto(blocks, cursor.bytes);
    }
    chosen.spans.hashInto(blocks, cursor.bytes);
  }
}
