package io.ergane.core.schedule;

import java.util.Arrays;

/**
 * One decision's frozen picture: the rows of an endpoint table, the columns of what is known about
 * them, and which rows are still candidates. A round is refilled for each decision and belongs to
 * one pool's scheduler; plugins only read it.
 */
public final class Round {
  private final float[][] columns = new float[Signal.values().length][];
  private boolean[] candidate = new boolean[0];
  private int size;
  private int candidates;
  private long seed;
  private long sequence;
  private boolean adapter;

  Round() {
    Arrays.fill(columns, new float[0]);
  }

  /** A round of its own, for tests of plugins: all rows are candidates, all signals unknown. */
  public static Round of(int size, long seed, long sequence) {
    Round round = new Round();
    round.reset(size, seed, sequence, false);
    for (float[] column : round.columns) {
      Arrays.fill(column, Float.NaN);
    }
    return round;
  }

  void reset(int size, long seed, long sequence, boolean adapter) {
    if (candidate.length < size) {
      int room = Math.max(size, 16);
      candidate = new boolean[room];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = new float[room];
      }
    }
    this.size = size;
    this.seed = seed;
    this.sequence = sequence;
    this.adapter = adapter;
    Arrays.fill(candidate, 0, size, true);
    candidates = size;
  }

  /** Rows of the table. */
  public int size() {
    return size;
  }

  /** Rows not yet removed. */
  public int candidates() {
    return candidates;
  }

  public boolean isCandidate(int row) {
    return candidate[row];
  }

  /** Removes a row; filters say so through this. */
  public void remove(int row) {
    if (candidate[row]) {
      candidate[row] = false;
      candidates--;
    }
  }

  /** A signal's values by row; longer than {@link #size()}, and valid up to there. */
  public float[] column(Signal signal) {
    return columns[signal.ordinal()];
  }

  /** Uniformly distributed; equal for equal decisions. */
  public long seed() {
    return seed;
  }

  /** How many decisions the pool made before this one. */
  public long sequence() {
    return sequence;
  }

  /** Whether the requested model is a LoRA adapter. */
  public boolean adapter() {
    return adapter;
  }

  boolean[] candidateMask() {
    return Arrays.copyOf(candidate, size);
  }

  void restore(boolean[] mask) {
    System.arraycopy(mask, 0, candidate, 0, size);
    candidates = 0;
    for (int row = 0; row < size; row++) {
      candidates += candidate[row] ? 1 : 0;
    }
  }
}
