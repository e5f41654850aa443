package io.ergane.core.schedule;

import java.util.Arrays;

/**
 * Which endpoints are believed to hold which prompt blocks in their KV caches. Sequential; calls
 * are serialised by the owner.
 *
 * <p>An entry is one (block, endpoint) pair in a set-associative table: a bucket of eight entries
 * is one cache line, found by the block's hash mixed with the slot. An entry packs 24 bits of hash,
 * 14 bits of slot and 26 bits of time. Time is the endpoint's own: the prompt bytes it was given
 * that it did not hold, in KiB. A block that has not been touched while its endpoint took in more
 * than its cache holds is forgotten, as the engine, whose eviction is least-recently-used too, must
 * have evicted it. A full bucket gives up the entry nearest to that end. So the index never exceeds
 * its bound, and needs no sweep.
 *
 * <p>Because an engine evicts a chain from its end, the blocks that an endpoint holds of a prompt
 * are the first so many; their number is found by a binary search.
 */
public final class PrefixIndex {
  /** Most endpoints that a board, and so an index, can tell apart. */
  public static final int MAX_SLOTS = 1 << 14;

  private static final int WAYS = 8;
  private static final int MIN_BUCKET_BITS = 9;
  private static final int STAMP_BITS = 26;
  private static final int STAMP_MASK = (1 << STAMP_BITS) - 1;
  private static final int TAG_BITS = 24;
  private static final int UNIT_SHIFT = 10;

  /** Endpoints whose entries of one block share a bucket, as a power of two. */
  private static final int SLOTS_SHIFT = 2;

  private static final int SLOTS_MASK = (1 << SLOTS_SHIFT) - 1;
  private static final long GROUP_MASK = -1L << (STAMP_BITS + SLOTS_SHIFT);

  private static final long EMPTY = 0;

  /** Buckets asked for before the first of them is read, so that their cache misses overlap. */
  private static final int AHEAD = 16;

  private final int maxBucketBits;
  private final long[] clock = new long[MAX_SLOTS];
  private final long[] capacity = new long[MAX_SLOTS];
  private final float[] perUnit = new float[MAX_SLOTS];
  private int bucketBits = MIN_BUCKET_BITS;
  private long[] table = new long[WAYS << MIN_BUCKET_BITS];
  private final long[] keys = new long[AHEAD];

  /** Written so that the compiler keeps the reads. */
  @SuppressWarnings("unused")
  private long touched;

  private int entries;
  private long evictions;

  /**
   * @param maxEntries bound of (block, endpoint) pairs, rounded up to a power of two, from 4096 to
   *     134217728; an entry takes 8 bytes
   * @param defaultCapacityBytes prompt bytes that an endpoint's cache holds as long as it does not
   *     say so itself
   */
  public PrefixIndex(int maxEntries, long defaultCapacityBytes) {
    if (maxEntries < 1 || maxEntries > 1 << 27) {
      throw new IllegalArgumentException("maxEntries " + maxEntries + " is outside 1 to 134217728");
    }
    int buckets = Math.max(1, (maxEntries + WAYS - 1) / WAYS);
    maxBucketBits =
        Math.max(MIN_BUCKET_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(buckets - 1));
    Arrays.fill(capacity, units(defaultCapacityBytes));
    Arrays.fill(perUnit, 1f / units(defaultCapacityBytes));
    // Stamp 0 in slot 0 with tag 0 is the empty entry; starting at 1 keeps real ones apart.
    Arrays.fill(clock, 1L << UNIT_SHIFT);
  }

  private static long units(long bytes) {
    return Math.clamp(bytes >> UNIT_SHIFT, 1, STAMP_MASK >> 1);
  }

  /**
   * Says how much an endpoint's cache holds.
   *
   * @param bytes of prompt text, about four a token
   */
  public void capacity(int slot, long bytes) {
    capacity[slot] = units(bytes);
    perUnit[slot] = 1f / units(bytes);
  }

  /**
   * Blocks at the start of the prompt that the endpoint is believed to hold.
   *
   * @param salt sets prompts of different models apart
   * @return 0 to {@code count}
   */
  public int match(long[] hashes, int count, long salt, int slot) {
    if (count == 0 || find(key(hashes[0], salt), slot) < 0) {
      return 0;
    }
    int held = 1;
    int missing = count + 1;
    while (missing - held > 1) {
      int middle = (held + missing) >>> 1;
      if (find(key(hashes[middle - 1], salt), slot) >= 0) {
        held = middle;
      } else {
        missing = middle;
      }
    }
    return held;
  }

  /**
   * {@link #match} of many endpoints at once: {@code out[i]} is that of {@code slots[i]}. Cheapest
   * when neighbours among the endpoints have neighbouring slots.
   */
  public void match(long[] hashes, int count, long salt, int[] slots, int[] out) {
    long first = count == 0 ? 0 : key(hashes[0], salt);
    int group = -1;
    int holders = 0;
    for (int i = 0; i < slots.length; i++) {
      int slot = slots[i];
      if (slot >>> SLOTS_SHIFT != group) {
        group = slot >>> SLOTS_SHIFT;
        holders = count == 0 ? 0 : holders(first, group);
      }
      boolean holds = (holders >>> (slot & SLOTS_MASK) & 1) != 0;
      out[i] = holds ? match(hashes, count, salt, slot) : 0;
    }
  }

  /** Bit i: whether the i-th endpoint of a group that shares buckets holds the block. */
  private int holders(long key, int group) {
    int slot = group << SLOTS_SHIFT;
    long wanted = tagged(key, slot);
    int start = bucket(key, slot);
    int holders = 0;
    for (int at = start; at < start + WAYS; at++) {
      long entry = table[at];
      if ((entry & GROUP_MASK) == wanted && entry != EMPTY) {
        int owner = slot(entry);
        holders |= age(entry, owner) <= capacity[owner] ? 1 << (owner & SLOTS_MASK) : 0;
      }
    }
    return holders;
  }

  /**
   * Notes that the endpoint is about to process the prompt: it will hold all of its blocks.
   *
   * @param newBytes prompt bytes beyond what {@link #match} found; they age the endpoint's other
   *     blocks
   */
  public void learn(long[] hashes, int count, long salt, int slot, long newBytes) {
    clock[slot] += Math.max(0, newBytes);
    long stamp = (clock[slot] >> UNIT_SHIFT) & STAMP_MASK;
    for (int end = count; end > 0; end -= AHEAD) {
      int blocks = Math.min(AHEAD, end);
      for (int i = 0; i < blocks; i++) {
        touch(i, key(hashes[end - 1 - i], salt), slot);
      }
      for (int i = 0; i < blocks; i++) {
        put(keys[i], slot, stamp);
      }
    }
  }

  private void touch(int i, long key, int slot) {
    keys[i] = key;
    touched += table[bucket(key, slot)];
  }

  /**
   * Takes back what {@link #learn} noted: the request failed before the engine processed it.
   *
   * @param from first block that the endpoint was not believed to hold before
   */
  public void forget(long[] hashes, int from, int count, long salt, int slot) {
    for (int i = from; i < count; i++) {
      int at = find(key(hashes[i], salt), slot);
      if (at >= 0) {
        table[at] = EMPTY;
        entries--;
      }
    }
  }

  /** Forgets all that the endpoint holds. */
  public void drop(int slot) {
    clock[slot] += (capacity[slot] + 1) << UNIT_SHIFT;
  }

  /** Entries in use, those not yet known to be outdated included. */
  public int entries() {
    return entries;
  }

  /** Most entries there can be. */
  public int maxEntries() {
    return WAYS << maxBucketBits;
  }

  /** Entries given up so far, outdated or displaced. */
  public long evictions() {
    return evictions;
  }

  // MurmurHash3's 64-bit finaliser spreads the key over bucket and tag.
  private static long key(long hash, long salt) {
    long k = hash ^ salt;
    k = (k ^ (k >>> 33)) * 0xFF51AFD7ED558CCDL;
    k = (k ^ (k >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return k ^ (k >>> 33);
  }

  // A block's entries of all endpoints lie close together, a few endpoints to a bucket, so that
  // asking for every endpoint of a pool touches few cache lines and pages.
  private int bucket(long key, int slot) {
    return (((int) key ^ (slot >>> SLOTS_SHIFT)) & ((1 << bucketBits) - 1)) * WAYS;
  }

  private static long tagged(long key, int slot) {
    long tag = (key >>> MIN_BUCKET_BITS) & ((1 << TAG_BITS) - 1);
    return (tag << (64 - TAG_BITS)) | ((long) slot << STAMP_BITS);
  }

  private int find(long key, int slot) {
    long wanted = tagged(key, slot);
    int start = bucket(key, slot);
    for (int at = start; at < start + WAYS; at++) {
      long entry = table[at];
      if ((entry & ~STAMP_MASK) == wanted && entry != EMPTY && age(entry, slot) <= capacity[slot]) {
        return at;
      }
    }
    return -1;
  }

  private static int slot(long entry) {
    return (int) (entry >>> STAMP_BITS) & (MAX_SLOTS - 1);
  }

  private long age(long entry, int slot) {
    return ((clock[slot] >> UNIT_SHIFT) - entry) & STAMP_MASK;
  }

  private void put(long key, int slot, long stamp) {
    long wanted = tagged(key, slot);
    int start = bucket(key, slot);
    int victim = -1;
    float worst = -1;
    for (int at = start; at < start + WAYS; at++) {
      long entry = table[at];
      if (entry == EMPTY) {
        if (worst != Float.MAX_VALUE) {
          victim = at;
          worst = Float.MAX_VALUE;
        }
        continue;
      }
      if ((entry & ~STAMP_MASK) == wanted) {
        table[at] = wanted | stamp;
        return;
      }
      int owner = slot(entry);
      float spent = age(entry, owner) * perUnit[owner];
      if (spent > worst) {
        worst = spent;
        victim = at;
      }
    }
    if (worst == Float.MAX_VALUE) {
      entries++;
    } else if (worst <= 1 && bucketBits < maxBucketBits) {
      grow();
      put(key, slot, stamp);
      return;
    } else {
      evictions++;
    }
    table[victim] = wanted | stamp;
  }

  // The next bit of the bucket's number is one of the tag and the slot: entries move without keys.
  private void grow() {
    long[] old = table;
    table = new long[old.length << 1];
    for (int at = 0; at < old.length; at++) {
      long entry = old[at];
      int ofTag = (int) (entry >>> (64 - TAG_BITS + bucketBits - MIN_BUCKET_BITS));
      int ofSlot = slot(entry) >>> (SLOTS_SHIFT + bucketBits);
      boolean upper = ((ofTag ^ ofSlot) & 1) != 0;
      table[upper ? at + old.length : at] = entry;
    }
    bucketBits++;
  }
}
