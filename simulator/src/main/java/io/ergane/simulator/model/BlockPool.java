package io.ergane.simulator.model;

/**
 * The KV cache: a fixed number of blocks with reference counts. Blocks without a reference stand in
 * one queue, least recently used first, and keep their content until they are taken from its head.
 * This is the scheme of vLLM's block pool.
 */
final class BlockPool {
  private static final int END = -1;

  private final int blocks;
  private final int[] references;
  private final long[] hashes;
  private final boolean[] hashed;
  private final int[] previous;
  private final int[] next;
  private final BlockTable table;
  private int head = END;
  private int tail = END;
  private int unreferenced;
  private int cached;

  BlockPool(int blocks) {
    this.blocks = blocks;
    references = new int[blocks];
    hashes = new long[blocks];
    hashed = new boolean[blocks];
    previous = new int[blocks];
    next = new int[blocks];
    table = new BlockTable(blocks);
    for (int block = 0; block < blocks; block++) {
      append(block);
    }
  }

  int capacity() {
    return blocks;
  }

  /** Blocks that a request holds. */
  int referenced() {
    return blocks - unreferenced;
  }

  /** Blocks that no request holds. */
  int unreferenced() {
    return unreferenced;
  }

  /** Blocks whose content a later prompt can use, held or not. */
  int cached() {
    return cached;
  }

  /** Number of leading hashes whose blocks are cached. */
  int match(long[] prompt) {
    int matched = 0;
    while (matched < prompt.length && table.get(prompt[matched]) != BlockTable.NONE) {
      matched++;
    }
    return matched;
  }

  /** Whether a request of that many blocks fits, of which the first {@code matched} are cached. */
  boolean fits(long[] prompt, int matched, int needed) {
    int idle = 0;
    for (int i = 0; i < matched; i++) {
      if (references[table.get(prompt[i])] == 0) {
        idle++;
      }
    }
    return needed - matched <= unreferenced - idle;
  }

  /**
   * Takes the blocks of a request that {@link #fits}; full prompt blocks become findable by hash.
   */
  int[] take(long[] prompt, int matched, int needed) {
    int[] taken = new int[needed];
    for (int i = 0; i < matched; i++) {
      taken[i] = table.get(prompt[i]);
      if (references[taken[i]]++ == 0) {
        unlink(taken[i]);
      }
    }
    for (int i = matched; i < needed; i++) {
      int block = head;
      unlink(block);
      forget(block);
      references[block] = 1;
      taken[i] = block;
      if (i < prompt.length) {
        remember(block, prompt[i]);
      }
    }
    return taken;
  }

  /**
   * Gives back the blocks of a request, its last block first in line for reuse.
   *
   * @param computed number of leading blocks whose content was computed; later ones are not kept
   */
  void release(int[] taken, int computed) {
    for (int i = taken.length - 1; i >= 0; i--) {
      int block = taken[i];
      if (--references[block] > 0) {
        continue;
      }
      if (i < computed) {
        append(block);
      } else {
        forget(block);
        prepend(block);
      }
    }
  }

  private void remember(int block, long hash) {
    int old = table.put(hash, block);
    if (old != BlockTable.NONE) {
      hashed[old] = false;
      cached--;
    }
    hashes[block] = hash;
    hashed[block] = true;
    cached++;
  }

  private void forget(int block) {
    if (hashed[block]) {
      hashed[block] = false;
      table.remove(hashes[block]);
      cached--;
    }
  }

  private void append(int block) {
    previous[block] = tail;
    next[block] = END;
    if (tail == END) {
      head = block;
    } else {
      next[tail] = block;
    }
    tail = block;
    unreferenced++;
  }

  private void prepend(int block) {
    previous[block] = END;
    next[block] = head;
    if (head == END) {
      tail = block;
    } else {
      previous[head] = block;
    }
    head = block;
    unreferenced++;
  }

  private void unlink(int block) {
    if (previous[block] == END) {
      head = next[block];
    } else {
      next[previous[block]] = next[block];
    }
    if (next[block] == END) {
      tail = previous[block];
    } else {
      previous[next[block]] = previous[block];
    }
    unreferenced--;
  }
}
