package io.ergane.simulator.model;

import java.time.Duration;

/**
 * Size and speed of an engine.
 *
 * @param maxSequences requests running at once
 * @param maxWaiting requests in the queue
 * @param maxBatchTokens tokens of one step: one for each running sequence and the prompt tokens it
 *     reads
 * @param kvBlocks KV cache size in blocks
 * @param blockTokens tokens of a block
 * @param stepNanos fixed part of a step
 * @param sequenceNanos part of a step for each running sequence
 * @param prefillTokensPerSecond prompt tokens read in a second
 * @param firstTokenNanos least time from admission to first token
 */
public record EngineConfig(
    int maxSequences,
    int maxWaiting,
    int maxBatchTokens,
    int kvBlocks,
    int blockTokens,
    long stepNanos,
    long sequenceNanos,
    double prefillTokensPerSecond,
    long firstTokenNanos) {
  public EngineConfig {
    if (maxSequences < 1 || maxWaiting < 1 || maxBatchTokens < 1) {
      throw new IllegalArgumentException("maxSequences, maxWaiting, maxBatchTokens are 1 or more");
    }
    if (kvBlocks < 1 || blockTokens < 1 || (long) kvBlocks * blockTokens > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "kvBlocks and blockTokens are 1 or more and their product below 2^31, found "
              + kvBlocks
              + " × "
              + blockTokens);
    }
    if (stepNanos < 1 || sequenceNanos < 0 || firstTokenNanos < 0) {
      throw new IllegalArgumentException(
          "stepNanos is 1 or more, sequenceNanos and firstTokenNanos 0 or more");
    }
    if (!(prefillTokensPerSecond > 0)) {
      throw new IllegalArgumentException(
          "prefillTokensPerSecond is above 0, found " + prefillTokensPerSecond);
    }
  }

  /**
   * A GPU replica with a 7B model, fitted to Kthena's published benchmark of three replicas with a
   * long shared prompt.
   */
  public static EngineConfig calibrated() {
    return new EngineConfig(256, 100_000, 65_536, 4_375, 128, 6_000_000, 500_000, 16_000, 0);
  }

  /** A demonstration engine: a token each millisecond, a million KV tokens in blocks of 16. */
  public static EngineConfig fast() {
    return new EngineConfig(256, 100_000, 1_048_576, 65_536, 16, 1_000_000, 1_000, 50e6, 0);
  }

  public EngineConfig withMaxSequences(int sequences) {
    return new EngineConfig(
        sequences,
        maxWaiting,
        maxBatchTokens,
        kvBlocks,
        blockTokens,
        stepNanos,
        sequenceNanos,
        prefillTokensPerSecond,
        firstTokenNanos);
  }

  public EngineConfig withKvCache(int blocks, int tokensPerBlock) {
    return new EngineConfig(
        maxSequences,
        maxWaiting,
        maxBatchTokens,
        blocks,
        tokensPerBlock,
        stepNanos,
        sequenceNanos,
        prefillTokensPerSecond,
        firstTokenNanos);
  }

  /** The same engine with these unloaded times, whatever the load and the prompt. */
  public EngineConfig withTimes(Duration firstToken, Duration interToken) {
    return new EngineConfig(
        maxSequences,
        maxWaiting,
        maxBatchTokens,
        kvBlocks,
        blockTokens,
        Math.max(1, interToken.toNanos()),
        0,
        Double.POSITIVE_INFINITY,
        firstToken.toNanos());
  }

  /** Tokens the KV cache holds, which is also the longest prompt and output of a request. */
  public int kvTokens() {
    return kvBlocks * blockTokens;
  }

  /** Duration of a step, nanoseconds. */
  public long stepNanos(int sequences, int prefillTokens) {
    return stepNanos
        + sequenceNanos * sequences
        + (long) (prefillTokens * 1e9 / prefillTokensPerSecond);
  }

  int blocksOf(int tokens) {
    return (int) (((long) tokens + blockTokens - 1) / blockTokens);
  }
}
