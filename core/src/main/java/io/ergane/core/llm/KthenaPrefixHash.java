package io.ergane.core.llm;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Kthena's prefix block hashes: xxHash64 with seed 0 of the previous hash in decimal, followed by
 * the block's bytes; the first block follows the hash of the model's name.
 */
public final class KthenaPrefixHash {
  /** Digits of the largest unsigned 64-bit number. */
  private static final int MAX_DIGITS = 20;

  private static final Hasher64 XXH64 = Hashing.xxh64();

  private KthenaPrefixHash() {}

  /**
   * The hashes of a prompt, to be read as unsigned.
   *
   * @param prompt UTF-8 of the canonical prompt
   * @param blockBytes bytes of a block; the last one may be shorter
   * @param maxBlocks blocks after which the rest of the prompt is ignored
   */
  public static long[] blocks(String model, byte[] prompt, int blockBytes, int maxBlocks) {
    long blockCount = ((long) prompt.length + blockBytes - 1) / blockBytes;
    long[] hashes = new long[(int) Math.min(blockCount, maxBlocks)];
    byte[] name = model.getBytes(StandardCharsets.UTF_8);
    long previous = XXH64.hashBytesToLong(name);
    byte[] chained = new byte[MAX_DIGITS + Math.min(blockBytes, prompt.length)];
    for (int i = 0; i < hashes.length; i++) {
      byte[] digits = Long.toUnsignedString(previous).getBytes(StandardCharsets.US_ASCII);
      int from = i * blockBytes;
      int length = Math.min(blockBytes, prompt.length - from);
      System.arraycopy(digits, 0, chained, 0, digits.length);
      System.arraycopy(prompt, from, chained, digits.length, length);
      previous = XXH64.hashBytesToLong(chained, 0, digits.length + length);
      hashes[i] = previous;
    }
    return hashes;
  }
}
