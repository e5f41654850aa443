package io.ergane.core.schedule;

/** Orders candidates by their totals. Pure: same round and totals, same order. */
public interface Picker {
  /** The name in the router's configuration. */
  String name();

  /**
   * Writes candidate rows into {@code order}, the choice first, fallbacks after it.
   *
   * @param totals weighted sum of the scores, one a row, not NaN
   * @param order has room for as many rows as are wanted
   * @return rows written: all candidates, or as many as {@code order} holds
   */
  int pick(Round round, float[] totals, int[] order);
}
