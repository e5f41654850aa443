package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMissTest {
  private static final List<String> VERBS = List.of("up", "engine", "explain", "validate");

  @ParameterizedTest
  @CsvSource({
    "pu,up",
    "upp,up",
    "UP,up",
    "engin,engine",
    "engines,engine",
    "expalin,explain",
    "val,validate",
    "vaildate,validate"
  })
  void aSlipIsRecognised(String typed, String meant) {
    assertThat(NearMiss.of(typed, VERBS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"start", "run", "x", "serve"})
  void anotherWordIsNot(String typed) {
    assertThat(NearMiss.of(typed, VERBS)).isEmpty();
  }

  @Test
  void distanceIsSymmetricAndZeroForEqualWordsOnly() {
    for (String a : VERBS) {
      for (String b : VERBS) {
        assertThat(NearMiss.distance(a, b)).isEqualTo(NearMiss.distance(b, a));
        assertThat(NearMiss.distance(a, b) == 0).isEqualTo(a.equals(b));
      }
    }
  }

  @Test
  void aSwapOfNeighboursIsOneChange() {
    assertThat(NearMiss.distance("ab", "ba")).isEqualTo(1);
    assertThat(NearMiss.distance("abc", "")).isEqualTo(3);
  }
}
