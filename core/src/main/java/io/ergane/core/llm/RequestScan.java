package io.ergane.core.llm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One validating pass over the body of an inference request: model, streaming, prompt size and
 * prompt hashes, and where to splice. Keys may come in any order and any escaping.
 *
 * <p>Belongs to one thread and is reusable: its buffers grow to the largest usual request, not
 * beyond. A body is not retained.
 */
public final class RequestScan {
  private static final int TOP = 1;
  private static final String MODEL_TOO_LATE =
      "model not found: the request body is long and has no model near its beginning;"
          + " put \"model\" before the prompt.";
  private static final long[] UNHASHED = {};

  private enum Key {
    MODEL("model"),
    STREAM("stream"),
    STREAM_OPTIONS("stream_options"),
    MESSAGES("messages"),
    PROMPT("prompt"),
    INPUT("input"),
    MAX_TOKENS("max_tokens"),
    MAX_COMPLETION_TOKENS("max_completion_tokens"),
    MAX_OUTPUT_TOKENS("max_output_tokens"),
    TOOLS("tools"),
    SYSTEM("system"),
    INSTRUCTIONS("instructions"),
    CACHE_SALT("cache_salt"),
    QUERY("query"),
    DOCUMENTS("documents");

    private static final Key[] ALL = values();
    private static final Names NAMES =
        new Names(Arrays.stream(ALL).map(k -> k.text).toArray(String[]::new));

    private final String text;

    Key(String text) {
      this.text = text;
    }
  }

  private final JsonCursor cursor;
  private final PromptReader prompts;
  private final StreamOptionsReader streaming;
  private final ModelReader model;
  private final @Nullable PrefixBlocks blocks;

  private int seen;
  private final int[] maxTokens = new int[3];

  /** A scanner with empty buffers. */
  public RequestScan(ScanLimits limits) {
    cursor = new JsonCursor(limits.maxDepth());
    prompts = new PromptReader(cursor);
    streaming = new StreamOptionsReader(cursor);
    model = new ModelReader(cursor);
    blocks = limits.blockBytes() == 0 ? null : new PrefixBlocks(limits.blockBytes());
  }

  /** Scans with a scanner made for this call; for callers off the hot path. */
  public static Scanned scan(Api api, byte[] body, int offset, int length, ScanLimits limits) {
    return new RequestScan(limits).scan(api, body, offset, length);
  }

  /**
   * Scans {@code length} bytes of {@code body} from {@code offset}.
   *
   * @param api decides whether a prompt is required and which keys hold it
   */
  public Scanned scan(Api api, byte[] body, int offset, int length) {
    return scan(api, body, offset, length, true);
  }

  /**
   * Scans the beginning of a body whose rest is not there: what was found up to the cut counts, and
   * a model must be among it. What stands behind the cut, in a string that the cut goes through
   * too, is neither measured nor hashed nor checked.
   */
  public Scanned scanBeginning(Api api, byte[] body, int offset, int length) {
    return scan(api, body, offset, length, false);
  }

  private Scanned scan(Api api, byte[] body, int offset, int length, boolean whole) {
    cursor.reset(body, offset, length);
    prompts.clear();
    streaming.clear();
    model.clear();
    seen = 0;
    Arrays.fill(maxTokens, -1);
    try {
      document();
      return facts(api, true);
    } catch (MalformedJson e) {
      boolean cut = !whole && e.malformed.problem() == Problem.TRUNCATED;
      return cut ? facts(api, false) : e.malformed;
    } finally {
      cursor.release();
    }
  }

  private void document() throws MalformedJson {
    if (cursor.atEnd()) {
      throw new MalformedJson(Problem.EMPTY, "The request body is empty; send a JSON object.", 0);
    }
    int first = cursor.peek();
    if (first == '{') {
      members();
    } else {
      cursor.skip(0);
    }
    if (!cursor.atEnd()) {
      int at = cursor.relative(cursor.at);
      throw new MalformedJson(
          Problem.TRAILING_DATA,
          "invalid request body: more data after its JSON value (byte "
              + at
              + "); send one JSON object.",
          at);
    }
    if (first != '{') {
      throw new MalformedJson(
          Problem.NOT_AN_OBJECT,
          "The request body is " + PromptReader.kind(first) + "; send a JSON object.",
          0);
    }
  }

  private void members() throws MalformedJson {
    if (!cursor.enter('}')) {
      return;
    }
    do {
      cursor.key();
      int index = Key.NAMES.indexOf(cursor);
      if (index < 0) {
        cursor.skip(TOP);
      } else {
        first(Key.ALL[index], 1 << index);
        member(Key.ALL[index]);
      }
    } while (cursor.more('}'));
  }

  private void first(Key key, int bit) throws MalformedJson {
    if ((seen & bit) != 0) {
      throw cursor.fail(
          key == Key.MODEL ? Problem.DUPLICATE_MODEL : Problem.DUPLICATE_KEY,
          "the key \"" + key.text + "\" more than once; send it once",
          cursor.stringStart - 1);
    }
    seen |= bit;
  }

  private void member(Key key) throws MalformedJson {
    switch (key) {
      case MODEL -> model.read();
      case STREAM -> streaming.stream();
      case STREAM_OPTIONS -> streaming.options();
      case MESSAGES -> prompts.messages();
      case PROMPT -> prompts.prompt();
      case INPUT -> prompts.input();
      case MAX_COMPLETION_TOKENS -> bound(0);
      case MAX_TOKENS -> bound(1);
      case MAX_OUTPUT_TOKENS -> bound(2);
      case TOOLS -> prompts.tools();
      case SYSTEM -> prompts.system();
      case INSTRUCTIONS -> prompts.instructions();
      case CACHE_SALT -> prompts.salt();
      case QUERY -> prompts.query();
      case DOCUMENTS -> prompts.documents();
    }
  }

  private void bound(int precedence) throws MalformedJson {
    int b = cursor.peek();
    cursor.skip(TOP);
    if (b >= '0' && b <= '9' && cursor.number.integral) {
      maxTokens[precedence] = (int) Math.min(cursor.number.value, Integer.MAX_VALUE);
    }
  }

  private int maxTokens() {
    for (int bound : maxTokens) {
      if (bound >= 0) {
        return bound;
      }
    }
    return -1;
  }

  private Scanned facts(Api api, boolean whole) {
    String name = model.name();
    if (name == null) {
      return new Malformed(Problem.MODEL_MISSING, whole ? model.missing() : MODEL_TOO_LATE, -1);
    }
    PromptDraft prompt = prompts.choose(api);
    if (prompt == null || prompt.unusable() != null) {
      if (api != Api.OTHER && whole) {
        return new Malformed(Problem.PROMPT_MISSING, promptMissing(api, prompt), -1);
      }
      prompt = null;
    }
    long codePoints = prompt == null ? 0 : prompts.measure(prompt, blocks);
    int bytes = blocks == null ? 0 : blocks.totalBytes();
    return new RequestFacts(
        api,
        name,
        cursor.relative(model.start()),
        cursor.relative(model.end()),
        streaming.isStream(),
        streaming.splice(),
        codePoints,
        bytes,
        maxTokens(),
        blocks == null ? UNHASHED : blocks.finish());
  }

  private static String promptMissing(Api api, @Nullable PromptDraft prompt) {
    if (prompt != null) {
      return "prompt not found: " + prompt.unusable() + ".";
    }
    String keys = api == Api.RERANK ? "query with documents" : "prompt, messages or input";
    return "prompt not found: the request body has no " + keys + "; add it.";
  }
}
