package io.ergane.core.schedule.plugin;

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
  PrefixCache(Arguments arguments) {
    arguments.positive("blockSizeToHash", 64);
    arguments.positive("maxHashCacheSize", 50_000);
    arguments.unused("maxBlocksToMatch");
    arguments.unused("topKMatches");
  }

  @Override
  public String name() {
    return "prefix-cache";
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
