package io.ergane.core.schedule;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The plugins of a profile, built. */
public record Pipeline(List<Filter> filters, List<Weighted> scorers, Picker picker) {
  public Pipeline {
    filters = List.copyOf(filters);
    scorers = List.copyOf(scorers);
  }

  /** All columns that some plugin reads. */
  public Set<Signal> needs() {
    EnumSet<Signal> needs = EnumSet.noneOf(Signal.class);
    filters.forEach(filter -> needs.addAll(filter.needs()));
    scorers.forEach(weighted -> needs.addAll(weighted.scorer().needs()));
    return needs;
  }

  /**
   * A scorer and its factor in the total.
   *
   * @param weight 0 or more
   */
  public record Weighted(Scorer scorer, int weight) {}
}
