package io.ergane.dataplane;

import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.schedule.Decision;
import io.ergane.core.schedule.EndpointHealth;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.PoolScheduler;
import io.ergane.core.schedule.PrefixIndex;
import io.ergane.core.schedule.PromptMemory;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.ScheduleRequest.Prompt;
import io.ergane.core.schedule.SignalBoard;
import io.ergane.core.schedule.StageTimer;
import io.ergane.core.schedule.plugin.PluginRegistry;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One pool's scheduler and prefix index behind locks. The index is probed and taught outside the
 * scheduler's lock, so that a long prompt does not hold up other requests' choices.
 */
public final class PoolRuntime {
  private static final int TOKEN_BYTES = 4;

  private final Object choosing = new Object();
  private final Object prefixes = new Object();
  private final PoolScheduler scheduler;
  private final PrefixIndex index;
  private final SignalBoard board;
  private final EndpointHealth health;
  private final LongSupplier nanoTime;
  private final ThreadLocal<float[]> scratch = ThreadLocal.withInitial(() -> new float[16]);
  private final boolean hashes;
  private final int blockBytes;

  private int[] held = new int[16];

  private volatile Pool pool;
  private volatile int[] slots;

  PoolRuntime(
      Pool pool,
      EndpointTable table,
      SchedulingProfile profile,
      SignalBoard board,
      EndpointHealth health,
      DataplaneSettings settings,
      LongSupplier nanoTime) {
    this.pool = pool;
    this.board = board;
    this.health = health;
    this.nanoTime = nanoTime;
    scheduler =
        new PoolScheduler(
            table,
            board,
            health,
            PluginRegistry.pipeline(profile),
            settings.maxSampleAge().toNanos());
    slots = scheduler.slots();
    hashes = scheduler.needsPrefix();
    PromptMemory memory = PluginRegistry.promptMemory(profile);
    if (memory == null) {
      memory = PromptMemory.DEFAULT;
    }
    blockBytes = memory.blockBytes();
    index = new PrefixIndex(settings.prefixEntries(), memory.cacheBytes());
  }

  void update(Pool next, EndpointTable table) {
    synchronized (choosing) {
      scheduler.table(table);
      slots = scheduler.slots();
    }
    pool = next;
  }

  void forget(int slot) {
    synchronized (prefixes) {
      index.drop(slot);
    }
  }

  public Pool pool() {
    return pool;
  }

  public EndpointTable table() {
    synchronized (choosing) {
      return scheduler.table();
    }
  }

  /** Whether the slot's endpoint is one of the pool's. */
  boolean has(int slot) {
    for (int each : slots) {
      if (each == slot) {
        return true;
      }
    }
    return false;
  }

  /** Whether requests need their prompts hashed. */
  public boolean hashesPrompts() {
    return hashes;
  }

  /** Bytes of the first blocks of a prompt, 16 to 4096. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Entries of the prefix index. */
  public int prefixEntries() {
    synchronized (prefixes) {
      return index.entries();
    }
  }

  /** Entries that the prefix index has given up so far. */
  public long prefixEvictions() {
    synchronized (prefixes) {
      return index.evictions();
    }
  }

  /**
   * Tells the index how much an engine's cache holds.
   *
   * @param tokens 1 or more
   */
  void kvCapacity(int slot, long tokens) {
    synchronized (prefixes) {
      index.capacity(slot, tokens * TOKEN_BYTES);
    }
  }

  /** What {@link #choose} came to. */
  public sealed interface Choice permits Hold, Refused {}

  /** Nothing could be chosen; nothing is held. */
  public record Refused(Decision.Refuse why) implements Choice {}

  /**
   * Chooses an endpoint and counts the request in on it.
   *
   * @param fallbacks endpoints wanted beside the first
   * @param seed uniformly distributed
   * @return a {@link Hold}, to be ended by the caller, or a {@link Refused}
   */
  public Choice choose(
      ScheduleRequest request,
      int fallbacks,
      long seed,
      StageTimer timer,
      @Nullable Explanation explanation) {
    int[] probed = slots;
    float[] shares = shares(request, probed);
    Decision decision;
    synchronized (choosing) {
      if (!Arrays.equals(probed, scheduler.slots())) {
        shares = new float[scheduler.slots().length];
      }
      decision =
          scheduler.choose(
              request, shares, fallbacks, nanoTime.getAsLong(), seed, timer, explanation);
    }
    return switch (decision) {
      case Decision.Refuse refuse -> new Refused(refuse);
      case Decision.Send send -> new Hold(this, send.choices(), request);
    };
  }

  private float[] shares(ScheduleRequest request, int[] probed) {
    float[] shares = scratch.get();
    if (shares.length < probed.length) {
      shares = new float[probed.length];
      scratch.set(shares);
    }
    if (hashes) {
      Prompt prompt = request.prompt();
      synchronized (prefixes) {
        if (held.length < probed.length) {
          held = new int[probed.length];
        }
        index.match(prompt.hashes(), prompt.count(), salt(request), probed, held);
        for (int row = 0; row < probed.length; row++) {
          shares[row] = prompt.share(held[row]);
        }
      }
    }
    return shares;
  }

  private static long salt(ScheduleRequest request) {
    return Mix.mix(request.upstreamModel().hashCode());
  }

  /**
   * What an endpoint was believed to hold of a prompt before it was sent there.
   *
   * @param blocks first blocks of the prompt
   * @param share of the prompt, 0 to 1; NaN when the prompt was not hashed
   * @param evicted entries that the index gave up to remember the prompt
   */
  record Held(int blocks, float share, int evicted) {
    static final Held UNKNOWN = new Held(0, Float.NaN, 0);
  }

  /** The endpoint is about to process the prompt. */
  Held learn(ScheduleRequest request, int slot) {
    Prompt prompt = request.prompt();
    if (!hashes || prompt.count() == 0) {
      return Held.UNKNOWN;
    }
    long salt = salt(request);
    synchronized (prefixes) {
      long before = index.evictions();
      int held = index.match(prompt.hashes(), prompt.count(), salt, slot);
      long fresh = (long) prompt.bytes() - prompt.bytesIn(held);
      index.learn(prompt.hashes(), prompt.count(), salt, slot, fresh);
      return new Held(held, prompt.share(held), (int) (index.evictions() - before));
    }
  }

  /** The endpoint did not process the prompt after all. */
  void unlearn(ScheduleRequest request, int slot, int heldBefore) {
    Prompt prompt = request.prompt();
    if (hashes && heldBefore < prompt.count()) {
      synchronized (prefixes) {
        index.forget(prompt.hashes(), heldBefore, prompt.count(), salt(request), slot);
      }
    }
  }

  int reserve(int slot) {
    return board.reserve(slot);
  }

  void release(int slot) {
    board.release(slot);
  }

  boolean ejected(int slot) {
    return health.ejected(slot, nanoTime.getAsLong());
  }

  void succeeded(int slot) {
    synchronized (health) {
      health.succeeded(slot, nanoTime.getAsLong());
    }
  }

  boolean failed(int slot) {
    synchronized (health) {
      return health.failed(slot, nanoTime.getAsLong());
    }
  }
}
