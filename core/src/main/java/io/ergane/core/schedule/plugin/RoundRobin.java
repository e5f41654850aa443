package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Picker;
import io.ergane.core.schedule.Round;

/**
 * {@code round-robin}: greatest total first, equal totals in turn. Without scorers all totals are
 * equal, so it is plain round robin.
 */
final class RoundRobin implements Picker {
  RoundRobin(Arguments arguments) {}

  @Override
  public String name() {
    return "round-robin";
  }

  @Override
  public int pick(Round round, float[] totals, int[] order) {
    int size = round.size();
    int turn =
        Rows.candidate(round, (int) Long.remainderUnsigned(round.sequence(), round.candidates()));
    return Ranking.best(round, totals, order, row -> -Math.floorMod(row - turn, size));
  }
}
