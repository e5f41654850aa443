package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.PromptMemory;
import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/**
 * {@code prefix-cache}: the share of the prompt that the endpoint is believed to hold. The whole
 * prompt is compared, so {@code maxBlocksToMatch} and {@code topKMatches} are accepted and bound
 * nothing.
 */
final class PrefixCache implements Scorer {
  static final String NAME = "prefix-cache";

  private static final int SMALLEST_BLOCK = 16;
  private static final int LARGEST_BLOCK = 4096;

  private final PromptMemory memory;

  PrefixCache(Arguments arguments) {
    int blockBytes = arguments.positive("blockSizeToHash", 64);
    int blocks = arguments.positive("maxHashCacheSize", 50_000);
    arguments.unused("maxBlocksToMatch");
    arguments.unused("topKMatches");
    memory =
        new PromptMemory(
            Math.clamp(blockBytes, SMALLEST_BLOCK, LARGEST_BLOCK), (long) blocks * blockBytes);
  }

  /** What {@code blockSizeToHash} and {@code maxHashCacheSize} come to. */
  PromptMemory memory() {
    return memory;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.PREFIX_MATCH);
  }

  @Override
  public void score(Round round, float[] out) {
    System.arraycopy(round.column(Signal.PREFIX_MATCH), 0, out, 0, round.size());
  }
}
