package io.ergane.xds.server;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An event loop and the streams of its connections. Everything a stream does happens on the loop,
 * and nothing there blocks: what a node cannot take is not made.
 *
 * <p>After a publication streams have their turn one by one, each in a task of its own, so that
 * what one of them wrote leaves the buffers before the next one fills them.
 */
final class Shard {
  private static final Duration TICK = Duration.ofMillis(250);

  private final EventExecutor loop;
  private final Set<AdsStream> streams = new HashSet<>();
  private final Deque<AdsStream> round = new ArrayDeque<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private boolean again;

  Shard(EventExecutor loop) {
    this.loop = loop;
    every(TICK, this::tick);
  }

  /** Runs {@code task}, which does not throw, now and then on the loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // It ends with the loop.
  void every(Duration delay, Runnable task) {
    loop.scheduleWithFixedDelay(task, delay.toMillis(), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the caller is on this loop. */
  boolean isCurrent() {
    return loop.inEventLoop();
  }

  /** Runs {@code task} on the loop, at once when that is where the caller is; false when closed. */
  boolean execute(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  /** Lets every stream take over what was published last. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      execute(this::begin);
    }
  }

  private void begin() {
    woken.set(false);
    if (!round.isEmpty()) {
      again = true;
      return;
    }
    round.addAll(streams);
    turn();
  }

  private void turn() {
    AdsStream stream = round.poll();
    if (stream == null && again) {
      again = false;
      round.addAll(streams);
      stream = round.poll();
    }
    if (stream != null) {
      stream.pump();
      loop.execute(this::turn);
    }
  }

  private void tick() {
    snapshot().forEach(AdsStream::tick);
  }

  void add(AdsStream stream) {
    streams.add(stream);
  }

  void remove(AdsStream stream) {
    streams.remove(stream);
  }

  /** The streams; only on the loop. */
  List<AdsStream> snapshot() {
    return new ArrayList<>(streams);
  }
}
