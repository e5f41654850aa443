package io.ergane.proxy;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything that may have waited too long, some times a second: cheaper than a timer a
 * request. Belongs to one event loop.
 */
final class Sweep {
  private static final long TICK_MILLIS = 100;

  private final EventLoop loop;
  private final LongSupplier clock;
  private final Set<Timed> members = new LinkedHashSet<>();
  private @Nullable ScheduledFuture<?> ticking;

  /** Something that may wait too long. */
  interface Timed {
    /** Acts if a time is over. */
    void tick(long now);
  }

  Sweep(EventLoop loop, LongSupplier clock) {
    this.loop = loop;
    this.clock = clock;
  }

  void join(Timed member) {
    members.add(member);
    if (ticking == null) {
      ticking =
          loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  void leave(Timed member) {
    members.remove(member);
    if (members.isEmpty() && ticking != null) {
      ticking.cancel(false);
      ticking = null;
    }
  }

  private void tick() {
    long now = clock.getAsLong();
    for (Timed member : members.toArray(Timed[]::new)) {
      member.tick(now);
    }
  }
}
