package io.ergane.proto.resource;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Resources of one type in the order of their names: an immutable sorted array, and a hash table of
 * its rows that is made when it is first needed. A change copies references, not resources; at
 * 10,000 resources that is some 40 KB. Tables with the same names share the hash table.
 */
@SuppressWarnings(
    "JdkObsolete") // What is promised is a SortedMap; the rest of NavigableMap is not needed.
final class SortedTable extends AbstractMap<String, Resource>
    implements SortedMap<String, Resource> {
  static final SortedTable EMPTY = new SortedTable(new Resource[0], 0, 0, null);

  private final Resource[] rows;
  private final int from;
  private final int to;

  /**
   * Open addressing with linear probing: numbers of rows, counted from one, by their names' hashes.
   * Its length is a power of two, at least twice the number of rows. Threads that race to make it
   * make the same.
   */
  private volatile int @Nullable [] slots;

  private SortedTable(Resource[] rows, int from, int to, int @Nullable [] slots) {
    this.rows = rows;
    this.from = from;
    this.to = to;
    this.slots = slots;
  }

  /** This table after {@code changes}: a resource is added or replaced, nothing is a removal. */
  SortedTable with(SortedMap<String, Optional<Resource>> changes) {
    Resource[] merged = new Resource[size() + changes.size()];
    int count = 0;
    int next = from;
    boolean sameNames = from == 0 && to == rows.length;
    for (Map.Entry<String, Optional<Resource>> change : changes.entrySet()) {
      int until = lowerBound(change.getKey());
      System.arraycopy(rows, next, merged, count, until - next);
      count += until - next;
      boolean present = until < to && rows[until].name().equals(change.getKey());
      next = present ? until + 1 : until;
      sameNames &= present == change.getValue().isPresent();
      if (change.getValue().isPresent()) {
        merged[count++] = change.getValue().get();
      }
    }
    System.arraycopy(rows, next, merged, count, to - next);
    count += to - next;
    return count == 0
        ? EMPTY
        : new SortedTable(Arrays.copyOf(merged, count), 0, count, sameNames ? slots : null);
  }

  /** The first row whose name is not below {@code name}. */
  private int lowerBound(String name) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows[middle].name().compareTo(name) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public @Nullable Resource get(@Nullable Object key) {
    if (!(key instanceof String name)) {
      return null;
    }
    int[] table = slots();
    int mask = table.length - 1;
    for (int slot = slot(name, mask); table[slot] != 0; slot = slot + 1 & mask) {
      int row = table[slot] - 1;
      if (rows[row].name().equals(name)) {
        return row >= from && row < to ? rows[row] : null;
      }
    }
    return null;
  }

  private int[] slots() {
    int[] table = slots;
    if (table == null) {
      table = new int[Integer.highestOneBit(Math.max(1, rows.length)) * 4];
      int mask = table.length - 1;
      for (int row = 0; row < rows.length; row++) {
        int slot = slot(rows[row].name(), mask);
        while (table[slot] != 0) {
          slot = slot + 1 & mask;
        }
        table[slot] = row + 1;
      }
      slots = table;
    }
    return table;
  }

  private static int slot(String name, int mask) {
    int hash = name.hashCode() * 0x9e3779b9;
    return (hash ^ hash >>> 16) & mask;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Resource> action) {
    for (int row = from; row < to; row++) {
      action.accept(rows[row].name(), rows[row]);
    }
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return to - from;
  }

  @Override
  public @Nullable Comparator<? super String> comparator() {
    return null;
  }

  @Override
  public SortedMap<String, Resource> subMap(String fromKey, String toKey) {
    if (fromKey.compareTo(toKey) > 0) {
      throw new IllegalArgumentException(fromKey + " is above " + toKey);
    }
    return new SortedTable(rows, lowerBound(fromKey), lowerBound(toKey), slots);
  }

  @Override
  public SortedMap<String, Resource> headMap(String toKey) {
    return new SortedTable(rows, from, lowerBound(toKey), slots);
  }

  @Override
  public SortedMap<String, Resource> tailMap(String fromKey) {
    return new SortedTable(rows, lowerBound(fromKey), to, slots);
  }

  @Override
  public String firstKey() {
    return row(from);
  }

  @Override
  public String lastKey() {
    return row(to - 1);
  }

  private String row(int row) {
    if (from == to) {
      throw new NoSuchElementException("the table is empty");
    }
    return rows[row].name();
  }

  @Override
  public Set<Map.Entry<String, Resource>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, Resource>> {
    @Override
    public Iterator<Map.Entry<String, Resource>> iterator() {
      return new Iterator<>() {
        private int row = from;

        @Override
        public boolean hasNext() {
          return row < to;
        }

        @Override
        public Map.Entry<String, Resource> next() {
          if (row == to) {
            throw new NoSuchElementException("no row is left");
          }
          Resource resource = rows[row++];
          return Map.entry(resource.name(), resource);
        }
      };
    }

    @Override
    public int size() {
      return SortedTable.this.size();
    }
  }
}
