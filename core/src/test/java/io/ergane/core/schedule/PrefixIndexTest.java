package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
  private static final long MIB = 1 << 20;
  private static final long SALT = 42;

  private static long[] chain(long seed, int count) {
    long[] hashes = new long[count];
    long h = seed;
    for (int i = 0; i < count; i++) {
      h = Mix.mix(h + 1);
      hashes[i] = h;
    }
    return hashes;
  }

  private static void learn(PrefixIndex index, long[] hashes, int slot, long bytes) {
    index.learn(hashes, hashes.length, SALT, slot, bytes);
  }

  private static int match(PrefixIndex index, long[] hashes, int slot) {
    return index.match(hashes, hashes.length, SALT, slot);
  }

  @Test
  void anEndpointHoldsWhatItWasGivenAndNoOtherDoes() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    long[] prompt = chain(1, 100);
    learn(index, prompt, 3, 6400);
    assertThat(match(index, prompt, 3)).isEqualTo(100);
    assertThat(match(index, prompt, 4)).isZero();
    assertThat(index.match(prompt, 100, SALT + 1, 3)).isZero();
  }

  @Test
  void aSharedBeginningIsMatchedToItsLength() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    long[] first = chain(1, 100);
    learn(index, first, 0, 6400);
    for (int shared = 0; shared <= 100; shared++) {
      long[] second = chain(2 + shared, 150);
      System.arraycopy(first, 0, second, 0, shared);
      assertThat(match(index, second, 0)).isEqualTo(shared);
    }
  }

  @Test
  void whatIsForgottenIsNoLongerMatchedAndWhatWasBeforeStays() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    long[] prompt = chain(1, 10);
    index.learn(prompt, 4, SALT, 0, 256);
    int held = match(index, prompt, 0);
    learn(index, prompt, 0, 384);
    index.forget(prompt, held, 10, SALT, 0);
    assertThat(match(index, prompt, 0)).isEqualTo(4);
    assertThat(index.entries()).isEqualTo(4);
  }

  @Test
  void anEndpointForgetsWhatItsCacheCannotHoldAnyMore() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    long[] old = chain(1, 10);
    long[] hot = chain(2, 10);
    learn(index, old, 0, 10_000);
    learn(index, hot, 0, 10_000);
    for (int i = 0; i < 30; i++) {
      learn(index, chain(100 + i, 10), 0, 50_000);
      learn(index, hot, 0, 0);
    }
    assertThat(match(index, old, 0)).isZero();
    assertThat(match(index, hot, 0)).isEqualTo(10);
  }

  @Test
  void aLargerCacheRemembersLonger() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    index.capacity(1, 8 * MIB);
    long[] prompt = chain(1, 10);
    for (int slot = 0; slot < 2; slot++) {
      learn(index, prompt, slot, 10_000);
      learn(index, chain(5 + slot, 10), slot, 2 * MIB);
    }
    assertThat(match(index, prompt, 0)).isZero();
    assertThat(match(index, prompt, 1)).isEqualTo(10);
  }

  @Test
  void aDroppedEndpointHoldsNothingAndLearnsAnew() {
    PrefixIndex index = new PrefixIndex(1 << 16, MIB);
    long[] prompt = chain(1, 10);
    learn(index, prompt, 0, 640);
    index.drop(0);
    assertThat(match(index, prompt, 0)).isZero();
    learn(index, prompt, 0, 640);
    assertThat(match(index, prompt, 0)).isEqualTo(10);
  }

  @Test
  void growthLosesNothing() {
    PrefixIndex index = new PrefixIndex(1 << 20, 1L << 35);
    int prompts = 1_000;
    for (int i = 0; i < prompts; i++) {
      learn(index, chain(i * 1_000L, 100), i % 7, 6400);
    }
    long kept =
        IntStream.range(0, prompts)
            .filter(i -> match(index, chain(i * 1_000L, 100), i % 7) == 100)
            .count();
    assertThat(index.entries()).isEqualTo(prompts * 100);
    assertThat(kept).isEqualTo(prompts);
  }

  @Test
  void aMillionDistinctPromptsStayWithinTheBound() {
    PrefixIndex index = new PrefixIndex(1 << 16, 1L << 35);
    for (int i = 0; i < 1_000_000; i++) {
      learn(index, chain(i * 1_000L, 4), i % 5, 256);
    }
    assertThat(index.entries()).isLessThanOrEqualTo(index.maxEntries()).isGreaterThan(1 << 15);
    assertThat(index.maxEntries()).isEqualTo(1 << 16);
    assertThat(index.evictions()).isPositive();
  }

  @Test
  void aMatchNeverExceedsWhatWasLearned() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      PrefixIndex index = new PrefixIndex(1 << 12, 64 << 10);
      int[] longest = new int[8];
      long[][] prompts = new long[8][];
      for (int p = 0; p < 8; p++) {
        prompts[p] = chain(seed * 100 + p, 60);
      }
      for (int step = 0; step < 300; step++) {
        int p = random.nextInt(8);
        int count = 1 + random.nextInt(60);
        index.learn(prompts[p], count, SALT, p % 3, count * 64L);
        longest[p] = Math.max(longest[p], count);
        assertThat(index.match(prompts[p], count, SALT, p % 3)).isEqualTo(count);
        int other = random.nextInt(8);
        assertThat(match(index, prompts[other], other % 3)).isLessThanOrEqualTo(longest[other]);
      }
    }
  }

  @Test
  void manyEndpointsAtOnceMatchAsEachDoesAlone() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PrefixIndex index = new PrefixIndex(1 << 12, 16 << 10);
      int[] slots = random.ints(1 + random.nextInt(40), 0, 1 << random.nextInt(1, 15)).toArray();
      for (int step = 0; step < 300; step++) {
        int count = 1 + random.nextInt(30);
        int slot = slots[random.nextInt(slots.length)];
        index.learn(chain(random.nextInt(6), count), count, SALT, slot, count * 64L);
      }
      int[] held = new int[slots.length];
      for (int prompt = 0; prompt < 7; prompt++) {
        long[] hashes = chain(prompt, random.nextInt(31));
        index.match(hashes, hashes.length, SALT, slots, held);
        assertThat(held)
            .containsExactly(IntStream.of(slots).map(slot -> match(index, hashes, slot)).toArray());
      }
    }
  }
}
