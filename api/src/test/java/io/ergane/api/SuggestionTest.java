package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
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
    assertThat(Suggestion.nearest(typed, VERBS)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"start", "run", "x", "serve"})
  void anotherWordIsNot(String typed) {
    assertThat(Suggestion.nearest(typed, VERBS)).isNull();
  }

  @Test
  void distanceIsSymmetricAndZeroForEqualWordsOnly() {
    for (String a : VERBS) {
      for (String b : VERBS) {
        assertThat(Suggestion.distance(a, b)).isEqualTo(Suggestion.distance(b, a));
        assertThat(Suggestion.distance(a, b) == 0).isEqualTo(a.equals(b));
      }
    }
  }

  @Test
  void aSwapOfNeighboursIsOneChange() {
    assertThat(Suggestion.distance("ab", "ba")).isEqualTo(1);
    assertThat(Suggestion.distance("abc", "")).isEqualTo(3);
  }
}
