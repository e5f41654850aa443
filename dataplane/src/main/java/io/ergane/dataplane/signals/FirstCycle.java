package io.ergane.dataplane.signals;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts pages that have not yet been answered or failed for the first time. Thread-safe. */
final class FirstCycle {

  private final AtomicInteger pending;
  private final CompletableFuture<Void> done;

  /**
   * @param targets whose pages are waited for; with none the cycle is done
   * @param done completed at the end
   */
  FirstCycle(Collection<Target> targets, CompletableFuture<Void> done) {
    int pages = targets.stream().mapToInt(Probe::pages).sum();
    this.pending = new AtomicInteger(pages);
    this.done = done;
    if (pages == 0) {
      done.complete(null);
    }
  }

  /** One page has had its first outcome, or never will. */
  void settled() {
    if (pending.decrementAndGet() == 0) {
      done.complete(null);
    }
  }
}
