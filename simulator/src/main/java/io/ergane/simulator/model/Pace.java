package io.ergane.simulator.model;

/**
 * Times of one request that replace those of the model's steps.
 *
 * @param firstTokenNanos from admission to the first token, {@link #NEVER} for none
 * @param interTokenNanos between two tokens, 0 for all the rest at once, {@link #NEVER} for none
 */
public record Pace(long firstTokenNanos, long interTokenNanos) {
  /** A time that does not come. */
  public static final long NEVER = Long.MAX_VALUE;

  public Pace {
    if (firstTokenNanos < 0 || interTokenNanos < 0) {
      throw new IllegalArgumentException(
          "times are 0 or more nanoseconds, found " + firstTokenNanos + ", " + interTokenNanos);
    }
  }

  static long after(long start, long delay) {
    return delay == NEVER ? NEVER : start + delay;
  }
}
