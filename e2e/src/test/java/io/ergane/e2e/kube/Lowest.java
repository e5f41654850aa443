package io.ergane.e2e.kube;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** The lowest value of something that is looked at until this is closed. */
final class Lowest implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<?> watching;
  private volatile boolean over;
  private volatile long lowest = Long.MAX_VALUE;
  private volatile boolean looked;

  private Lowest(LongSupplier value) {
    watching = CompletableFuture.runAsync(() -> watch(value), thread);
  }

  static Lowest of(LongSupplier value) {
    return new Lowest(value);
  }

  private void watch(LongSupplier value) {
    while (!over) {
      long now = value.getAsLong();
      if (now < lowest) lowest = now;
      looked = true;
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Ends the watch; fails when looking did or when it never happened. */
  long soFar() {
    close();
    watching.join();
    if (!looked) throw new IllegalStateException("never looked");
    return lowest;
  }

  @Override
  public void close() {
    over = true;
    thread.close();
  }
}
