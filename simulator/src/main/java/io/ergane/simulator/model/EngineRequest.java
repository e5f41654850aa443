package io.ergane.simulator.model;

import org.jspecify.annotations.Nullable;

/**
 * What a request asks of the model. Two prompts share their cached prefix up to the first block in
 * which their hashes differ.
 *
 * @param blockHashes one chained hash for each full block of the prompt, see {@link PseudoTokens};
 *     never modified
 * @param promptTokens tokens of the prompt, 1 or more
 * @param outputTokens tokens to generate, 0 for a request that only reads its prompt (embedding,
 *     reranking)
 * @param pace times that replace the model's own, null for the model's own
 */
@SuppressWarnings("ArrayRecordComponent")
public record EngineRequest(
    long[] blockHashes, int promptTokens, int outputTokens, @Nullable Pace pace) {
  public EngineRequest {
    if (promptTokens < 1 || outputTokens < 0) {
      throw new IllegalArgumentException(
          "a request has 1 or more prompt tokens and 0 or more output tokens, found "
              + promptTokens
              + " and "
              + outputTokens);
    }
  }
}
