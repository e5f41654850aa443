package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KthenaPrefixHashTest {
  private static final String LONGER =
      "This is a longer prompt that should span multiple blocks based on the block size";

  private static String hash(String model, String text, int blockBytes, int maxBlocks) {
    long[] hashes = KthenaPrefixHash.blocks(model, utf8(text), blockBytes, maxBlocks);
    return String.join(" ", Arrays.stream(hashes).mapToObj(Long::toUnsignedString).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "test-model, Hello World, 64, 1993528491812861608",
    "test-model, "
        + LONGER
        + ", 20, 8626393537367828840 16829149375953976751 13000309909902416355 4164474810863779859",
  })
  void hashesAreKthenas(String model, String text, int blockBytes, String expected) {
    assertThat(hash(model, text, blockBytes, 128)).isEqualTo(expected);
  }

  @Test
  void aShortLastBlockIsHashed() {
    assertThat(hash("m", "a".repeat(130), 64, 128))
        .isEqualTo("13915909083615432819 13237825932046420408 3863451073932103274");
  }

  @Test
  void theNumberOfBlocksIsBounded() {
    assertThat(hash("m", "a".repeat(130), 64, 2))
        .isEqualTo("13915909083615432819 13237825932046420408");
    assertThat(hash("m", "", 64, 2)).isEmpty();
  }
}
