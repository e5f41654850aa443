package io.ergane.core.llm;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/**
 * Chained hashes of a prompt's blocks: two prompts agree on hash k exactly when they agree on every
 * byte up to the end of block k (up to collisions of a 64-bit hash).
 *
 * <p>Block k is {@code blockBytes << min(6, k / 64)} bytes long, the last one may be shorter: short
 * prompts are told apart finely, long ones cost few blocks. {@code h[k] = mix(h[k-1],
 * rapidhash(block k))}.
 *
 * <p>Belongs to one thread; {@link #finish} readies it for the next prompt.
 */
public final class PrefixBlocks {
  private static final int BLOCKS_PER_SIZE = 64;
  private static final int LARGEST_SHIFT = 6;
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final int KEPT_HASHES = 1 << 13;
  private static final Hasher64 RAPID_HASH = Hashing.rapidhashV3();

  private final int blockBytes;
  private final byte[] partial;
  private int filled;
  private int wanted;
  private long[] hashes = new long[64];
  private int count;
  private long chain;
  private int total;

  /**
   * A hasher with no bytes yet.
   *
   * @param blockBytes bytes of each of the first 64 blocks
   */
  public PrefixBlocks(int blockBytes) {
    this.blockBytes = blockBytes;
    this.partial = new byte[blockBytes << LARGEST_SHIFT];
    reset();
  }

  private void reset() {
    filled = 0;
    count = 0;
    total = 0;
    chain = SEED;
    wanted = blockBytes;
    if (hashes.length > KEPT_HASHES) {
      hashes = new long[64];
    }
  }

  /** Length in bytes of block {@code index} of a prompt that is long enough. */
  public static int blockLength(int blockBytes, int index) {
    return blockBytes << Math.min(LARGEST_SHIFT, index / BLOCKS_PER_SIZE);
  }

  /** Adds one byte. */
  public void add(byte b) {
    partial[filled++] = b;
    total++;
    if (filled == wanted) {
      block(partial, 0);
      filled = 0;
    }
  }

  /** Adds the bytes from {@code start} to before {@code end}. */
  public void add(byte[] bytes, int start, int end) {
    int at = start;
    total += end - start;
    if (filled > 0) {
      int taken = Math.min(wanted - filled, end - at);
      System.arraycopy(bytes, at, partial, filled, taken);
      filled += taken;
      at += taken;
      if (filled < wanted) {
        return;
      }
      block(partial, 0);
      filled = 0;
    }
    while (end - at >= wanted) {
      int length = wanted;
      block(bytes, at);
      at += length;
    }
    System.arraycopy(bytes, at, partial, 0, end - at);
    filled = end - at;
  }

  /** Bytes added since the last {@link #finish}. */
  public int totalBytes() {
    return total;
  }

  /** The hashes, one for each block; the hasher starts anew. */
  public long[] finish() {
    if (filled > 0) {
      wanted = filled;
      block(partial, 0);
    }
    long[] result = Arrays.copyOf(hashes, count);
    reset();
    return result;
  }

  private void block(byte[] bytes, int from) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, count * 2);
    }
    chain = mix(chain, RAPID_HASH.hashBytesToLong(bytes, from, wanted));
    hashes[count++] = chain;
    wanted = blockLength(blockBytes, count);
  }

  /**
   * Stafford's variant 13 of the 64-bit MurmurHash3 finalizer over the sum of the hash and the
   * rotated chain.
   */
  private static long mix(long chain, long hash) {
    long z = Long.rotateLeft(chain, 29) * SEED + hash;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
