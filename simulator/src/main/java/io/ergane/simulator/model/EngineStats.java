package io.ergane.simulator.model;

/** Running totals of one model since its creation. Histogram bounds are those of vLLM. */
public final class EngineStats {
  private final Histogram timeToFirstToken =
      new Histogram(
          0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20,
          40, 80, 160, 640, 2560);
  private final Histogram interTokenLatency =
      new Histogram(
          0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
          80);
  private final Histogram requestLatency =
      new Histogram(
          0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920,
          7680);
  private long submitted;
  private long finished;
  private long cancelled;
  private long promptTokens;
  private long generationTokens;
  private long prefixQueryTokens;
  private long prefixHitTokens;

  EngineStats() {}

  void recordSubmitted() {
    submitted++;
  }

  void recordAdmitted(Sequence sequence) {
    promptTokens += sequence.request.promptTokens();
    prefixQueryTokens += sequence.request.promptTokens();
    prefixHitTokens += sequence.cachedTokens;
  }

  void recordTokens(Sequence sequence, int first, int count, long atNanos) {
    generationTokens += count;
    if (first == 0) {
      timeToFirstToken.observeNanos(atNanos - sequence.submittedNanos);
    }
    for (int i = first == 0 ? 1 : 0; i < count; i++) {
      interTokenLatency.observeNanos(i > 0 ? 0 : atNanos - sequence.lastTokenNanos);
    }
    sequence.lastTokenNanos = atNanos;
  }

  void recordFinished(Sequence sequence, long atNanos) {
    finished++;
    requestLatency.observeNanos(atNanos - sequence.submittedNanos);
  }

  void recordCancelled() {
    cancelled++;
  }

  /** From submission to first token. */
  public Histogram timeToFirstToken() {
    return timeToFirstToken;
  }

  /** From each token to the next one of the same request. */
  public Histogram interTokenLatency() {
    return interTokenLatency;
  }

  /** From submission to last token. */
  public Histogram requestLatency() {
    return requestLatency;
  }

  public long submitted() {
    return submitted;
  }

  public long finished() {
    return finished;
  }

  public long cancelled() {
    return cancelled;
  }

  /** Prompt tokens of admitted requests, cached ones included. */
  public long promptTokens() {
    return promptTokens;
  }

  public long generationTokens() {
    return generationTokens;
  }

  /** Prompt tokens looked up in the prefix cache. */
  public long prefixQueryTokens() {
    return prefixQueryTokens;
  }

  /** Prompt tokens found in the prefix cache. */
  public long prefixHitTokens() {
    return prefixHitTokens;
  }
}
