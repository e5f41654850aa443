package io.ergane.core.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixBlocksTest {
  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static long[] hash(byte[] bytes, int length) {
    PrefixBlocks blocks = new PrefixBlocks(64);
    blocks.add(bytes, 0, length);
    return blocks.finish();
  }

  @Test
  void cutsDoNotMatter() {
    byte[] prompt = bytes(60_000, 1);
    PrefixBlocks blocks = new PrefixBlocks(64);
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int length = random.nextInt(prompt.length);
      int longest = 1 + random.nextInt(9_000);
      for (int at = 0; at < length; ) {
        int piece = Math.min(length - at, random.nextInt(longest + 1));
        if (piece == 1) {
          blocks.add(prompt[at]);
        } else {
          blocks.add(prompt, at, at + piece);
        }
        at += piece;
      }

      assertThat(blocks.totalBytes()).isEqualTo(length);
      assertThat(blocks.finish()).isEqualTo(hash(prompt, length));
    }
  }

  @Test
  void blocksDoubleEverySixtyFourUpToSixtyFourTimesTheFirst() {
    byte[] prompt = bytes(400_000, 2);
    int end = 0;
    for (int block = 0; block < 400; block++) {
      int before = end;
      end += PrefixBlocks.blockLength(64, block);

      assertThat(hash(prompt, end)).hasSize(block + 1);
      assertThat(hash(prompt, before + 1)).hasSize(block + 1);
    }
    assertThat(PrefixBlocks.blockLength(64, 0)).isEqualTo(64);
    assertThat(PrefixBlocks.blockLength(64, 63)).isEqualTo(64);
    assertThat(PrefixBlocks.blockLength(64, 64)).isEqualTo(128);
    assertThat(PrefixBlocks.blockLength(64, 100_000)).isEqualTo(4096);
  }

  @Test
  void promptsAgreeOnTheHashesOfTheBlocksTheyShareAndOnNoLaterOne() {
    byte[] prompt = bytes(50_000, 3);
    long[] hashes = hash(prompt, prompt.length);
    for (int seed = 0; seed < 500; seed++) {
      int changed = new Random(seed).nextInt(prompt.length);
      byte[] other = prompt.clone();
      other[changed] ^= 1;
      long[] otherHashes = hash(other, other.length);
      int shared = blockOf(changed);

      assertThat(Arrays.mismatch(hashes, otherHashes)).isEqualTo(shared);
      for (int block = shared; block < hashes.length; block++) {
        assertThat(otherHashes[block]).isNotEqualTo(hashes[block]);
      }
    }
  }

  private static int blockOf(int at) {
    int block = 0;
    int end = PrefixBlocks.blockLength(64, 0);
    while (at >= end) {
      end += PrefixBlocks.blockLength(64, ++block);
    }
    return block;
  }

  @Test
  void equalBlocksAtDifferentPlacesDiffer() {
    long[] hashes = hash(new byte[64 * 60], 64 * 60);

    assertThat(Arrays.stream(hashes).distinct().count()).isEqualTo(60);
  }

  @Test
  void anEmptyPromptHasNoBlocks() {
    assertThat(new PrefixBlocks(64).finish()).isEmpty();
  }
}
