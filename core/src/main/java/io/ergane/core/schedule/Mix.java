package io.ergane.core.schedule;

/** Spreads the bits of a seed: SplitMix64's finaliser. */
public final class Mix {
  private Mix() {}

  public static long mix(long seed) {
    long z = seed + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
