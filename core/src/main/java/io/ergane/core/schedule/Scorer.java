package io.ergane.core.schedule;

import java.util.Set;

/** Rates every row of a round in [0,1]; 1 is best. Pure: same round, same scores. */
public interface Scorer {
  /** The name in the router's configuration. */
  String name();

  /** Columns that are read. */
  Set<Signal> needs();

  /**
   * Writes a score for each candidate; NaN says that nothing is known, which counts as the mean of
   * what is known of the others.
   *
   * @param out one a row
   */
  void score(Round round, float[] out);
}
