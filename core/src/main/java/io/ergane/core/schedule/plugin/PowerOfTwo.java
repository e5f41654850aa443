package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.Picker;
import io.ergane.core.schedule.Round;

/**
 * {@code power-of-two}: draws two candidates and takes the one with the greater total; the rest
 * follow as in {@code max-score}. Spreads a burst that scores one stale picture (Mitzenmacher, The
 * power of two choices in randomized load balancing, 2001).
 */
final class PowerOfTwo implements Picker {
  PowerOfTwo(Arguments arguments) {}

  @Override
  public String name() {
    return "power-of-two";
  }

  @Override
  public int pick(Round round, float[] totals, int[] order) {
    int count = round.candidates();
    long draw = Mix.mix(round.seed());
    int one = Rows.candidate(round, (int) Long.remainderUnsigned(draw, count));
    int step = count > 1 ? 1 + (int) Long.remainderUnsigned(Mix.mix(draw), count - 1) : 0;
    int two = Rows.candidate(round, (int) ((Long.remainderUnsigned(draw, count) + step) % count));
    int first = totals[two] > totals[one] ? two : one;
    int picked = Ranking.best(round, totals, order, row -> Mix.mix(round.seed() + row));
    lead(order, picked, first);
    return picked;
  }

  /** Moves a row to the front; the last one gives way when the row was not among the best. */
  private static void lead(int[] order, int picked, int first) {
    int at = 0;
    while (at < picked - 1 && order[at] != first) {
      at++;
    }
    System.arraycopy(order, 0, order, 1, at);
    order[0] = first;
  }
}
