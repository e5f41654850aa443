package io.ergane.core.engine;

import org.jspecify.annotations.Nullable;

/**
 * The running totals of a latency histogram at one scrape; two of them bound a window of time.
 *
 * @param sum seconds, total since the engine started; NaN when unknown
 * @param count observations behind {@code sum}; NaN when unknown
 */
public record LatencyWindow(double sum, double count) {

  /**
   * The mean latency in seconds of what was observed between two scrapes, or NaN when there is
   * nothing to say: on the first scrape, when nothing was observed in between, when either end is
   * unknown. Totals that went down mean a restarted engine; its whole life is then the window.
   */
  public static double advance(@Nullable LatencyWindow previous, LatencyWindow next) {
    if (previous == null || !previous.isKnown() || !next.isKnown()) {
      return Double.NaN;
    }
    boolean restarted = next.sum < previous.sum || next.count < previous.count;
    double seconds = restarted ? next.sum : next.sum - previous.sum;
    double observations = restarted ? next.count : next.count - previous.count;
    return observations > 0 ? seconds / observations : Double.NaN;
  }

  private boolean isKnown() {
    return !Double.isNaN(sum) && !Double.isNaN(count);
  }
}
