package io.ergane.simulator.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Stands in for a tokenizer: one token is four bytes of UTF-8 text. */
public final class PseudoTokens {
  /** Bytes of text in a token. */
  public static final int TOKEN_BYTES = 4;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PseudoTokens() {}

  /** Tokens in a text of that many bytes, at least 1. */
  public static int count(int bytes) {
    return Math.max(1, (int) (((long) bytes + TOKEN_BYTES - 1) / TOKEN_BYTES));
  }

  /**
   * Chained hashes of the full blocks of a prompt; a short last block has none.
   *
   * @param seed keeps apart prompts that must not share blocks, such as those of two adapters
   */
  public static long[] blockHashes(byte[] text, int length, int blockTokens, long seed) {
    int blockBytes = blockTokens * TOKEN_BYTES;
    long[] hashes = new long[length / blockBytes];
    long hash = seed;
    for (int block = 0; block < hashes.length; block++) {
      hash = block(text, block * blockBytes, blockBytes, hash);
      hashes[block] = hash;
    }
    return hashes;
  }

  /** A seed for {@link #blockHashes} made of a name. */
  public static long seed(String name) {
    long hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return hash;
  }

  /**
   * Token ids of a text: the token's bytes as a big-endian number. A token that starts with a byte
   * above 127 has three bytes, so that every id is a non-negative 32-bit number; such text has more
   * tokens than {@link #count} says.
   */
  public static int[] encode(byte[] text, int length) {
    int[] ids = new int[length / 3 + 1];
    int size = 0;
    int at = 0;
    while (at < length) {
      int end = Math.min(length, at + (text[at] < 0 ? TOKEN_BYTES - 1 : TOKEN_BYTES));
      int id = 0;
      for (; at < end; at++) {
        id = (id << 8) | (text[at] & 0xff);
      }
      ids[size++] = id;
    }
    return Arrays.copyOf(ids, size);
  }

  /** The text whose {@link #encode} gives these ids, apart from bytes of value 0. */
  public static byte[] decode(int[] ids) {
    byte[] text = new byte[ids.length * TOKEN_BYTES];
    int size = 0;
    for (int id : ids) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        byte part = (byte) (id >> shift);
        if (part != 0) {
          text[size++] = part;
        }
      }
    }
    return Arrays.copyOf(text, size);
  }

  private static long block(byte[] text, int offset, int length, long previous) {
    long hash = mix(previous + 0x9E3779B97F4A7C15L);
    int at = offset;
    int end = offset + length;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = (hash ^ (long) LONGS.get(text, at)) * 0x9FB21C651E98DF25L;
      hash ^= hash >>> 29;
    }
    for (; at < end; at++) {
      hash = (hash ^ text[at]) * 0x9FB21C651E98DF25L;
    }
    return mix(hash);
  }

  /** Finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
