package io.ergane.core.llm;

import java.util.Arrays;

/**
 * A growable sequence of prompt pieces in hashing order: spans of the body, single separator bytes,
 * bytes of its own.
 *
 * <p>Each entry is one long: start index above, end index below; a negative start stands for a
 * separator (-1) or for own bytes (-2 minus their index).
 */
final class Spans {
  private static final int KEPT_ENTRIES = 1 << 14;
  private static final int KEPT_OWN_BYTES = 1 << 20;

  private long[] entries = new long[32];
  private int size;
  private byte[] own = {};
  private int ownBytes;

  void clear() {
    size = 0;
    ownBytes = 0;
    if (entries.length > KEPT_ENTRIES) {
      entries = new long[32];
    }
    if (own.length > KEPT_OWN_BYTES) {
      own = new byte[0];
    }
  }

  void span(int start, int end) {
    if (end > start) {
      push(start, end);
    }
  }

  void separator(byte separator) {
    push(-1, separator);
  }

  /** Appends a token id as four little-endian bytes. */
  void id(long id) {
    int from = reserve(4);
    Words.storeInt(own, from, (int) id);
    ownBytes += 4;
    pushOwn(from);
  }

  /** Appends bytes that do not stand in the body; they are copied. */
  void literal(byte[] bytes) {
    int from = reserve(bytes.length);
    System.arraycopy(bytes, 0, own, from, bytes.length);
    ownBytes += bytes.length;
    pushOwn(from);
  }

  private int reserve(int length) {
    if (ownBytes + length > own.length) {
      own = Arrays.copyOf(own, Math.max(1024, own.length * 2 + length));
    }
    return ownBytes;
  }

  private void pushOwn(int from) {
    boolean continues =
        size > 0 && (int) (entries[size - 1] >> 32) < -1 && (int) entries[size - 1] == from;
    if (continues) {
      entries[size - 1] += ownBytes - from;
    } else {
      push(-2 - from, ownBytes);
    }
  }

  /** Appends the entries of another sequence, which must have no bytes of its own. */
  void addAll(Spans other) {
    for (int i = 0; i < other.size; i++) {
      pushEntry(other.entries[i]);
    }
  }

  private void push(int start, int end) {
    pushEntry(((long) start << 32) | (end & 0xFFFFFFFFL));
  }

  private void pushEntry(long entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    entries[size++] = entry;
  }

  /** Feeds every piece, in order, to the hasher. */
  void hashInto(PrefixBlocks blocks, byte[] body) {
    for (int i = 0; i < size; i++) {
      int start = (int) (entries[i] >> 32);
      int end = (int) entries[i];
      if (start >= 0) {
        blocks.add(body, start, end);
      } else if (start == -1) {
        blocks.add((byte) end);
      } else {
        blocks.add(own, -2 - start, end);
      }
    }
  }
}
