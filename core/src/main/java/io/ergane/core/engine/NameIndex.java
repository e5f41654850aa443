package io.ergane.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the cells fed by a line from the line's first bytes.
 *
 * <p>Two overlapping eight-byte words of the first {@link #keyBytes()} bytes hash to a bucket;
 * nearly every line of no interest lands in an empty one and costs nothing more. A line in a full
 * bucket is compared with the names there.
 */
final class NameIndex {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SHORTEST = 8;
  private static final int LONGEST_KEY = 16;
  private static final int BUCKET_BITS = 9;
  private static final int[] EMPTY = {};

  private final byte[][] names;
  private final int[][] cells;
  private final int[][] buckets = new int[1 << BUCKET_BITS][];
  private final int keyBytes;

  NameIndex(List<Cell> all) {
    Map<String, int[]> cellsByName = new LinkedHashMap<>();
    for (int cell = 0; cell < all.size(); cell++) {
      for (String name : all.get(cell).names()) {
        cellsByName.merge(name, new int[] {cell}, NameIndex::concat);
      }
    }
    names =
        cellsByName.keySet().stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    cells = cellsByName.values().toArray(int[][]::new);
    int shortest = Arrays.stream(names).mapToInt(name -> name.length).min().orElse(SHORTEST);
    if (shortest < SHORTEST) {
      throw new IllegalArgumentException(
          "sample names must have %d bytes or more: %s".formatted(SHORTEST, cellsByName.keySet()));
    }
    keyBytes = Math.min(shortest, LONGEST_KEY);
    Arrays.fill(buckets, EMPTY);
    for (int id = 0; id < names.length; id++) {
      int bucket = bucketOf(names[id], 0);
      buckets[bucket] = concat(buckets[bucket], new int[] {id});
    }
  }

  /** Bytes of a line that {@link #mayStartName} reads. */
  int keyBytes() {
    return keyBytes;
  }

  /** Whether a line that starts at {@code from} may begin with a name; false is certain. */
  boolean mayStartName(byte[] text, int from) {
    return buckets[bucketOf(text, from)].length > 0;
  }

  /**
   * The id of the name that a line starts with and that a blank or brace ends; -1 for none.
   *
   * @param from where the line starts
   * @param to past its last byte
   */
  int find(byte[] text, int from, int to) {
    if (to - from <= keyBytes) {
      return -1;
    }
    for (int id : buckets[bucketOf(text, from)]) {
      byte[] name = names[id];
      int end = from + name.length;
      if (end < to && endsName(text[end]) && Arrays.equals(text, from, end, name, 0, name.length)) {
        return id;
      }
    }
    return -1;
  }

  /** Length of a name in bytes. */
  int length(int id) {
    return names[id].length;
  }

  /** Indexes of the cells that a name feeds. */
  int[] cells(int id) {
    return cells[id];
  }

  private static boolean endsName(byte b) {
    return b == '{' || b == ' ' || b == '\t';
  }

  private int bucketOf(byte[] text, int from) {
    long head = (long) WORD.get(text, from);
    long tail = (long) WORD.get(text, from + keyBytes - Long.BYTES);
    long mixed = (head * 0x9E3779B97F4A7C15L ^ tail) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> (Long.SIZE - BUCKET_BITS));
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
