package io.ergane.controllers.kubernetes;

import java.time.Duration;
import java.util.SplittableRandom;

/** Pauses that double from the first to the longest, each shortened by up to a half at random. */
final class Backoff {
  private final long first;
  private final long most;
  private final SplittableRandom random;
  private long next;

  Backoff(Duration first, Duration most, long seed) {
    this.first = first.toNanos();
    this.most = most.toNanos();
    this.random = new SplittableRandom(seed);
    this.next = this.first;
  }

  Duration next() {
    long pause = next;
    next = Math.min(most, next * 2);
    return Duration.ofNanos(pause - random.nextLong(pause / 2 + 1));
  }

  void reset() {
    next = first;
  }
}
