package io.ergane.core.llm;

/**
 * What one pass over a request body found. Holds no reference to the body.
 *
 * @param model the requested name, JSON escapes resolved, never blank
 * @param modelStart first byte of the JSON string literal of {@code model}, at its quote, relative
 *     to the body
 * @param modelEnd byte after its closing quote
 * @param stream whether {@code stream} is the literal true
 * @param usageSplice how to ask for usage at the end of the stream
 * @param promptCodePoints Unicode code points of the canonical prompt; a token id counts as four
 * @param promptBytes bytes that went into the block hashes
 * @param maxTokens bound on generated tokens, -1 when the body names none
 * @param blockHashes chained hashes of the prompt's blocks, see {@link PrefixBlocks}; owned by the
 *     reader, not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record RequestFacts(
    Api api,
    String model,
    int modelStart,
    int modelEnd,
    boolean stream,
    UsageSplice usageSplice,
    long promptCodePoints,
    int promptBytes,
    int maxTokens,
    long[] blockHashes)
    implements Scanned {

  private static final int CODE_POINTS_PER_TOKEN = 4;

  /** Whether {@code stream_options.include_usage} is the literal true already. */
  public boolean usageRequested() {
    return usageSplice.kind() == UsageSplice.Kind.REQUESTED;
  }

  /** Estimated prompt tokens: code points divided by four, rounded up. */
  public int tokenEstimate() {
    long tokens = (promptCodePoints + CODE_POINTS_PER_TOKEN - 1) / CODE_POINTS_PER_TOKEN;
    return (int) Math.min(tokens, Integer.MAX_VALUE);
  }

  /** Number of prompt blocks. */
  public int blockCount() {
    return blockHashes.length;
  }
}
