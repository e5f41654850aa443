package io.ergane.dataplane.decision;

import io.ergane.core.schedule.Mix;

/** A sequence of random longs (SplitMix64). Belongs to one thread. */
public final class SplitMix {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public SplitMix(long seed) {
    state = Mix.mix(seed);
  }

  public long next() {
    long value = Mix.mix(state);
    state += GAMMA;
    return value;
  }
}
