package io.ergane.core.llm;

import java.util.Arrays;

/**
 * Reads the usage an engine reports, in any of three shapes: OpenAI chat and text ({@code
 * prompt_tokens}, {@code completion_tokens}), OpenAI Responses and Anthropic Messages ({@code
 * input_tokens}, {@code output_tokens}). Anthropic counts cached input apart; here it is part of
 * the prompt.
 *
 * <p>Looks at {@code usage}, {@code response.usage} and {@code message.usage}. Text that is not
 * JSON has no usage. Belongs to one thread.
 */
public final class UsageReader {
  private static final int MAX_DEPTH = 200;
  private static final byte[] USAGE = {'"', 'u', 's', 'a', 'g', 'e', '"'};
  private static final Names TOP = new Names("usage", "response", "message", "choices");
  private static final Names NESTED = new Names("usage");
  private static final Names COUNTS =
      new Names(
          "prompt_tokens",
          "completion_tokens",
          "total_tokens",
          "input_tokens",
          "output_tokens",
          "cache_read_input_tokens",
          "cache_creation_input_tokens",
          "prompt_tokens_details",
          "input_tokens_details");
  private static final Names CACHED = new Names("cached_tokens");
  private static final int DETAILS = 7;

  private final JsonCursor cursor = new JsonCursor(MAX_DEPTH);
  private final int[] counts = new int[DETAILS];
  private int cachedTokens;
  private Usage usage = Usage.UNKNOWN;
  private boolean noChoices;

  /**
   * Longest body that is read from its start; of a longer one, only as many of its last bytes are
   * searched.
   */
  public static final int WHOLE_BYTES = 1 << 20;

  private static final int TAIL_BYTES = 1 << 16;

  /**
   * Whether the bytes hold a key {@code "usage"} whose value is not null; cheap, no false
   * negatives.
   */
  public static boolean mayHold(byte[] bytes, int offset, int length) {
    return find(bytes, offset, offset + length) >= 0;
  }

  /** Usage of a whole JSON answer; {@link Usage#UNKNOWN} when it reports none. */
  public Usage read(byte[] bytes, int offset, int length) {
    usage = Usage.UNKNOWN;
    noChoices = false;
    if (length > WHOLE_BYTES) {
      return readTail(bytes, offset + length - TAIL_BYTES, TAIL_BYTES);
    }
    if (!mayHold(bytes, offset, length)) {
      return usage;
    }
    cursor.reset(bytes, offset, length);
    try {
      if (cursor.peek() == '{' && cursor.enter('}')) {
        members();
      }
    } catch (MalformedJson _) {
      usage = Usage.UNKNOWN;
    } finally {
      cursor.release();
    }
    return usage;
  }

  /**
   * Usage in the last bytes of a JSON answer whose start is not at hand: the last object under a
   * key "usage".
   */
  public Usage readTail(byte[] bytes, int offset, int length) {
    usage = Usage.UNKNOWN;
    int end = offset + length;
    for (int at = find(bytes, offset, end); at >= 0; at = find(bytes, at, end)) {
      cursor.reset(bytes, at, end - at);
      try {
        if (cursor.peek() == '{') {
          counts(1);
        }
      } catch (MalformedJson _) {
        break;
      } finally {
        cursor.release();
      }
    }
    return usage;
  }

  /** Whether the object last read has an empty {@code choices} array. */
  boolean hadNoChoices() {
    return noChoices;
  }

  private void members() throws MalformedJson {
    do {
      cursor.key();
      int key = TOP.indexOf(cursor);
      int b = cursor.peek();
      if (key == 0 && b == '{') {
        counts(1);
      } else if ((key == 1 || key == 2) && b == '{') {
        nested();
      } else {
        int from = cursor.at;
        cursor.skip(1);
        if (key == 3) {
          noChoices = b == '[' && isEmptyArray(from);
        }
      }
    } while (cursor.more('}'));
  }

  private boolean isEmptyArray(int from) {
    int p = from + 1;
    while (JsonCursor.isWhitespace(cursor.bytes[p])) {
      p++;
    }
    return cursor.bytes[p] == ']';
  }

  private void nested() throws MalformedJson {
    if (!cursor.enter('}')) {
      return;
    }
    do {
      cursor.key();
      if (NESTED.indexOf(cursor) == 0 && cursor.peek() == '{') {
        counts(2);
      } else {
        cursor.skip(2);
      }
    } while (cursor.more('}'));
  }

  private void counts(int depth) throws MalformedJson {
    Arrays.fill(counts, -1);
    cachedTokens = -1;
    if (cursor.enter('}')) {
      do {
        cursor.key();
        int key = COUNTS.indexOf(cursor);
        if (key >= DETAILS && cursor.peek() == '{') {
          cachedTokens = details(depth + 1);
        } else {
          int count = count(depth + 1);
          if (key >= 0 && key < DETAILS) {
            counts[key] = count;
          }
        }
      } while (cursor.more('}'));
    }
    usage = usage.updatedBy(shaped());
  }

  private int details(int depth) throws MalformedJson {
    int cached = -1;
    if (cursor.enter('}')) {
      do {
        cursor.key();
        boolean wanted = CACHED.indexOf(cursor) == 0;
        int count = count(depth + 1);
        cached = wanted ? count : cached;
      } while (cursor.more('}'));
    }
    return cached;
  }

  /** The value that is next, -1 when it is not a count. */
  private int count(int depth) throws MalformedJson {
    int b = cursor.peek();
    cursor.skip(depth);
    boolean count = b >= '0' && b <= '9' && cursor.number.integral;
    return count && cursor.number.value <= Integer.MAX_VALUE / 4 ? (int) cursor.number.value : -1;
  }

  private Usage shaped() {
    if (counts[0] >= 0 || counts[1] >= 0) {
      return Usage.of(counts[0], counts[1], counts[2], cachedTokens);
    }
    boolean apart = counts[5] >= 0 || counts[6] >= 0;
    int prompt = counts[3];
    if (apart && prompt >= 0) {
      prompt += Math.max(0, counts[5]) + Math.max(0, counts[6]);
    }
    return Usage.of(prompt, counts[4], counts[2], apart ? counts[5] : cachedTokens);
  }

  /**
   * Index after the next {@code "usage":} whose value is not null, white space passed; -1 when
   * there is none.
   */
  private static int find(byte[] bytes, int from, int end) {
    for (int p = from; p <= end - USAGE.length; p++) {
      if (bytes[p] == '"'
          && bytes[p + 1] == 'u'
          && Arrays.equals(bytes, p, p + USAGE.length, USAGE, 0, USAGE.length)) {
        int value = value(bytes, p + USAGE.length, end);
        if (value >= 0) {
          return value;
        }
      }
    }
    return -1;
  }

  private static int value(byte[] bytes, int from, int end) {
    int colon = pastWhitespace(bytes, from, end);
    if (colon == end || bytes[colon] != ':') {
      return -1;
    }
    int value = pastWhitespace(bytes, colon + 1, end);
    return value == end || bytes[value] == 'n' ? -1 : value;
  }

  private static int pastWhitespace(byte[] bytes, int from, int end) {
    int p = from;
    while (p < end && JsonCursor.isWhitespace(bytes[p])) {
      p++;
    }
    return p;
  }
}
