package io.ergane.controllers.kubernetes;

import java.util.concurrent.locks.LockSupport;

/**
 * Spreads requests: a bucket of {@code burst} tokens, filled at {@code qps} a second. Callers take
 * a token each and wait for it in the order in which they came.
 */
final class RateLimit {
  private final long interval;
  private final long most;
  private long next;

  RateLimit(double qps, int burst) {
    this.interval = (long) (1e9 / qps);
    this.most = interval * burst;
    this.next = System.nanoTime() - most;
  }

  /** Takes a token; waits until there is one. */
  void take() {
    long due = reserve(System.nanoTime());
    for (long now = System.nanoTime(); due - now > 0; now = System.nanoTime()) {
      LockSupport.parkNanos(due - now);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /** When the token of a caller who comes at {@code now} may be used. */
  synchronized long reserve(long now) {
    next = Math.max(next, now - most) + interval;
    return next;
  }
}
