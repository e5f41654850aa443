package io.ergane.xds.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One thread and the streams that are its own. Everything a stream does happens on it, and nothing
 * there blocks: what a node cannot take is not made. At most one request of a stream, one notice
 * that it can take more, and one notice of a publication wait at a time.
 */
final class Shard implements AutoCloseable {
  private static final long TICK_MILLIS = 250;

  private final ScheduledThreadPoolExecutor thread;
  private final Set<AdsStream<?>> streams = new HashSet<>();
  private final AtomicBoolean woken = new AtomicBoolean();

  @SuppressWarnings("FutureReturnValueIgnored") // Streams guard themselves: a tick does not throw.
  Shard(int number) {
    thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("xds-" + number).daemon().factory());
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code task} on the shard's thread; drops it when the shard is closed. */
  void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      // The server is closing: its streams end with it.
    }
  }

  /** Lets every stream take over what was published last. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      execute(() -> {
        woken.set(false);
        snapshot().forEach(AdsStream::pump);
      });
    }
  }

  private void tick() {
    snapshot().forEach(AdsStream::tick);
  }

  void add(AdsStream<?> stream) {
    streams.add(stream);
  }

  void remove(AdsStream<?> stream) {
    streams.remove(stream);
  }

  /** The streams; only on the shard's thread. */
  List<AdsStream<?>> snapshot() {
    return new ArrayList<>(streams);
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
