package io.ergane.simulator.model;

import java.util.Arrays;

/**
 * Map from block hash to block number, of fixed capacity: open addressing, linear probing, shifting
 * deletion.
 */
final class BlockTable {
  static final int NONE = -1;

  private final long[] keys;
  private final int[] values;
  private final int mask;

  BlockTable(int maxEntries) {
    int slots = Integer.highestOneBit(Math.max(2, maxEntries * 2 - 1)) << 1;
    keys = new long[slots];
    values = new int[slots];
    mask = slots - 1;
    Arrays.fill(values, NONE);
  }

  int get(long key) {
    return values[slot(key)];
  }

  /** Returns the block that had the hash before, or {@link #NONE}. */
  int put(long key, int value) {
    int slot = slot(key);
    int previous = values[slot];
    keys[slot] = key;
    values[slot] = value;
    return previous;
  }

  void remove(long key) {
    int hole = slot(key);
    if (values[hole] == NONE) {
      return;
    }
    for (int at = (hole + 1) & mask; values[at] != NONE; at = (at + 1) & mask) {
      int home = home(keys[at]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        hole = at;
      }
    }
    values[hole] = NONE;
  }

  private int slot(long key) {
    int at = home(key);
    while (values[at] != NONE && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(long key) {
    return (int) (key ^ (key >>> 32)) & mask;
  }
}
