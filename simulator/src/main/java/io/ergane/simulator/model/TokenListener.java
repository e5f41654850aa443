package io.ergane.simulator.model;

/** Receives the tokens of one request as the model produces them. */
@FunctionalInterface
public interface TokenListener {
  /**
   * Called inside {@link EngineModel#advance} for each production of tokens. It may call {@link
   * EngineModel#submit} and {@link EngineModel#cancel}, but not {@code advance}.
   *
   * @param first index of the first of these tokens, from 0
   * @param count number of tokens, 0 only for a request of no output tokens
   * @param last whether the request has finished with them
   * @param atNanos virtual time of the production, at or before the time given to {@code advance}
   */
  void onTokens(int first, int count, boolean last, long atNanos);
}
