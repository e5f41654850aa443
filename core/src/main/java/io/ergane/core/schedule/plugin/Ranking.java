package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Round;

/** Selects the best few rows by insertion: one pass over the rows, no garbage. */
final class Ranking {
  private Ranking() {}

  /** Orders rows of equal totals; greater comes first. */
  interface TieBreak {
    long of(int row);
  }

  static int best(Round round, float[] totals, int[] order, TieBreak ties) {
    int picked = 0;
    for (int row = 0; row < round.size(); row++) {
      if (!round.isCandidate(row)) {
        continue;
      }
      if (picked == order.length && !before(row, order[picked - 1], totals, ties)) {
        continue;
      }
      int at = picked < order.length ? picked++ : picked - 1;
      while (at > 0 && before(row, order[at - 1], totals, ties)) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
    return picked;
  }

  private static boolean before(int row, int other, float[] totals, TieBreak ties) {
    return totals[row] != totals[other]
        ? totals[row] > totals[other]
        : ties.of(row) > ties.of(other);
  }
}
