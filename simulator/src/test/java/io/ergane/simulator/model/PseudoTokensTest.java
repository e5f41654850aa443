package io.ergane.simulator.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PseudoTokensTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a", "four", "fives", "naïve café", "你好，世界", "a你b好🙂🙂c"})
  void decodingGivesTheTextBack(String text) {
    byte[] bytes = text.getBytes(UTF_8);

    int[] ids = PseudoTokens.encode(bytes, bytes.length);

    assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0);
    assertThat(new String(PseudoTokens.decode(ids), UTF_8)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 15, 16, 17, 31, 32, 40})
  void promptsShareTheBlocksBeforeTheirFirstDifference(int difference) {
    byte[] one = new byte[48];
    byte[] other = one.clone();
    other[difference] = 1;

    long[] a = PseudoTokens.blockHashes(one, 48, 4, 7);
    long[] b = PseudoTokens.blockHashes(other, 48, 4, 7);

    for (int block = 0; block < 3; block++) {
      assertThat(a[block] == b[block]).isEqualTo(block < difference / 16);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 16, 47, 48})
  void onlyFullBlocksHaveHashesAndTheirLengthDoesNotMatter(int length) {
    byte[] text = "the quick brown fox jumps over the lazy dog and on".getBytes(UTF_8);

    long[] hashes = PseudoTokens.blockHashes(text, length, 4, 0);

    assertThat(hashes).hasSize(length / 16);
    long[] all = PseudoTokens.blockHashes(text, 48, 4, 0);
    assertThat(Arrays.copyOf(all, hashes.length)).isEqualTo(hashes);
    assertThat(PseudoTokens.blockHashes(text, 48, 4, 1)).doesNotContain(all);
  }
}
