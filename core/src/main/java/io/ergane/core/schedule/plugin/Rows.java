package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Round;

/** Finds candidates by their number. */
final class Rows {
  private Rows() {}

  /**
   * The row of a candidate.
   *
   * @param index 0 to the number of candidates, exclusive
   */
  static int candidate(Round round, int index) {
    int left = index;
    for (int row = 0; row < round.size(); row++) {
      if (round.isCandidate(row) && left-- == 0) {
        return row;
      }
    }
    throw new IllegalStateException("candidate " + index + " of " + round.candidates());
  }
}
