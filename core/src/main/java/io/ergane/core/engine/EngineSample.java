package io.ergane.core.engine;

/**
 * The state of one engine as read from one exposition.
 *
 * <p>A value the engine did not report, or reported as something that cannot be true (NaN,
 * infinite, negative), is unknown: NaN, or -1 for {@code kvCapacityTokens}. It is never zero.
 *
 * @param running requests being executed, summed over ranks and models
 * @param waiting requests queued in the engine, summed over ranks and models
 * @param kvUsage share of the KV cache in use, 0 to 1; the fullest rank's
 * @param ttftSum seconds to first token, total over all requests since the engine started
 * @param ttftCount requests behind {@code ttftSum}
 * @param tpotSum seconds per output token, total since the engine started
 * @param tpotCount observations behind {@code tpotSum}
 * @param kvCapacityTokens tokens the KV cache holds, summed over ranks
 */
public record EngineSample(
    float running,
    float waiting,
    float kvUsage,
    double ttftSum,
    double ttftCount,
    double tpotSum,
    double tpotCount,
    long kvCapacityTokens) {

  /** The sample of an exposition that says nothing of use. */
  public static final EngineSample UNKNOWN =
      new EngineSample(
          Float.NaN, Float.NaN, Float.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, -1);

  /** Whether at least one value is known. */
  public boolean saysAnything() {
    return !(Float.isNaN(running)
        && Float.isNaN(waiting)
        && Float.isNaN(kvUsage)
        && Double.isNaN(ttftCount)
        && Double.isNaN(tpotCount)
        && kvCapacityTokens < 0);
  }

  /** The totals of time to first token. */
  public LatencyWindow ttft() {
    return new LatencyWindow(ttftSum, ttftCount);
  }

  /** The totals of time per output token. */
  public LatencyWindow tpot() {
    return new LatencyWindow(tpotSum, tpotCount);
  }
}
