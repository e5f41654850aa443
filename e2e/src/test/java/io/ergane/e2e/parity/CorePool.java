package io.ergane.e2e.parity;

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

/** A pool's scheduler with its prefix index, one request at a time. */
final class CorePool {
  final Pool pool;
  final int blockBytes;
  private final PoolScheduler scheduler;
  private final PrefixIndex index;

  CorePool(
      Pool pool,
      EndpointTable table,
      SchedulingProfile profile,
      SignalBoard board,
      EndpointHealth health) {
    this.pool = pool;
    scheduler =
        new PoolScheduler(table, board, health, PluginRegistry.pipeline(profile), Long.MAX_VALUE);
    PromptMemory memory = PluginRegistry.promptMemory(profile);
    PromptMemory known = memory == null ? PromptMemory.DEFAULT : memory;
    blockBytes = scheduler.needsPrefix() ? known.blockBytes() : 0;
    index = new PrefixIndex(Subject.SETTINGS.prefixEntries(), known.cacheBytes());
  }

  Decision choose(ScheduleRequest request, long seed, StageTimer timer, Explanation explanation) {
    int[] slots = scheduler.slots();
    float[] shares = new float[slots.length];
    for (int row = 0; row < slots.length; row++) {
      shares[row] = request.prompt().share(held(request, slots[row]));
    }
    int fallbacks = pool.traffic().attempts() - 1;
    return scheduler.choose(request, shares, fallbacks, 0, seed, timer, explanation);
  }

  private int held(ScheduleRequest request, int slot) {
    Prompt prompt = request.prompt();
    return index.match(prompt.hashes(), prompt.count(), salt(request), slot);
  }

  private static long salt(ScheduleRequest request) {
    return Mix.mix(request.upstreamModel().hashCode());
  }

  /** The engine gets the prompt; returns how many of its blocks it held before. */
  int learn(ScheduleRequest request, int slot) {
    Prompt prompt = request.prompt();
    int held = held(request, slot);
    if (prompt.count() > 0) {
      long fresh = (long) prompt.bytes() - prompt.bytesIn(held);
      index.learn(prompt.hashes(), prompt.count(), salt(request), slot, fresh);
    }
    return held;
  }

  /** Entries that the prefix index has given up so far. */
  long evictions() {
    return index.evictions();
  }

  /** The engine did not process the prompt. */
  void unlearn(ScheduleRequest request, int slot, int held) {
    Prompt prompt = request.prompt();
    if (held < prompt.count()) {
      index.forget(prompt.hashes(), held, prompt.count(), salt(request), slot);
    }
  }
}
