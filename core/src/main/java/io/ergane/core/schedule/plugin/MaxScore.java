package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.Picker;
import io.ergane.core.schedule.Round;

/** {@code max-score}: greatest total first, equal totals in an order drawn for the decision. */
final class MaxScore implements Picker {
  MaxScore() {}

  MaxScore(Arguments arguments) {}

  @Override
  public String name() {
    return "max-score";
  }

  @Override
  public int pick(Round round, float[] totals, int[] order) {
    return Ranking.best(round, totals, order, row -> Mix.mix(round.seed() + row));
  }
}
