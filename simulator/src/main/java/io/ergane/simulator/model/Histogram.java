package io.ergane.simulator.model;

import java.util.Arrays;

/** Counts of durations in seconds by upper bound, with their sum. */
public final class Histogram {
  private final double[] bounds;
  private final long[] counts;
  private double sum;
  private long count;

  Histogram(double... bounds) {
    this.bounds = bounds;
    this.counts = new long[bounds.length + 1];
  }

  void observeNanos(long nanos) {
    double seconds = nanos / 1e9;
    int at = Arrays.binarySearch(bounds, seconds);
    counts[at >= 0 ? at : -at - 1]++;
    sum += seconds;
    count++;
  }

  /** Number of finite bounds. */
  public int buckets() {
    return bounds.length;
  }

  /** Upper bound of a bucket in seconds, inclusive. */
  public double bound(int bucket) {
    return bounds[bucket];
  }

  /** Durations in that bucket alone; the one at {@link #buckets} is above all bounds. */
  public long inBucket(int bucket) {
    return counts[bucket];
  }

  /** Sum of all durations, seconds. */
  public double sum() {
    return sum;
  }

  /** Number of all durations. */
  public long count() {
    return count;
  }
}
