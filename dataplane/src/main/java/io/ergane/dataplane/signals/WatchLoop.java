package io.ergane.dataplane.signals;

import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The probes of one event loop and the one timer that moves them.
 *
 * <p>A tick looks at every probe: some nanoseconds each, a hundred times a second, where a timer of
 * its own for every probe's next request and deadline would cost several allocations a scrape.
 */
final class WatchLoop {

  private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);
  private static final long TICK_MILLIS = 10;

  /** Requests begun in one tick, so that a thousand new targets do not connect in one burst. */
  private static final int MOST_STARTS = 64;

  private final ClientLoop clients;
  private final LongSupplier clock;
  private final List<Probe> probes = new ArrayList<>();
  private @Nullable Future<?> ticking;

  WatchLoop(ClientLoop clients, LongSupplier clock) {
    this.clients = clients;
    this.clock = clock;
  }

  ClientLoop clients() {
    return clients;
  }

  /** Starts a probe; from any thread. */
  void add(Probe probe) {
    execute(() -> {
      probes.add(probe);
      if (ticking == null) {
        ticking =
            clients
                .eventLoop()
                .scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
      }
    });
  }

  /** Ends a probe; from any thread. Its gate must be closed already. */
  void remove(Probe probe) {
    execute(() -> {
      probes.remove(probe);
      probe.retire();
      Future<?> timer = ticking;
      if (probes.isEmpty() && timer != null) {
        timer.cancel(false);
        ticking = null;
      }
    });
  }

  private void tick() {
    long now = clock.getAsLong();
    int starts = 0;
    for (int i = 0; i < probes.size() && starts < MOST_STARTS; i++) {
      try {
        starts += probes.get(i).tick(now);
      } catch (RuntimeException defect) {
        // One probe's defect must not end the timer of all.
        LOG.error("the watch over {} has a defect", probes.get(i).target(), defect);
      }
    }
  }

  private void execute(Runnable task) {
    try {
      clients.eventLoop().execute(task);
    } catch (RejectedExecutionException shutDown) {
      // The loop closed every connection when it ended; nothing of a probe is left.
    }
  }
}
