package io.ergane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LawsTest {
  private static List<Long> draws() {
    List<Long> draws = new ArrayList<>();
    Laws.checkAll(20, 9, (random, size) -> draws.add(random.nextLong() + size));
    return draws;
  }

  @Test
  void casesAreTheSameInEveryRunAndDifferFromEachOther() {
    assertThat(draws()).isEqualTo(draws()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void sizesGrowFromNothingToTheLargest() {
    List<Integer> sizes = new ArrayList<>();

    Laws.checkAll(11, 5, (_, size) -> sizes.add(size));

    assertThat(sizes).isSorted().startsWith(0).endsWith(5).hasSize(11);
  }

  @Test
  void aBreachNamesTheSeedAndTheSmallestSizeThatFails() {
    assertThatThrownBy(() ->
            Laws.checkAll(
                10,
                90,
                (_, size) ->
                    assertThat(size)
                        .as("size")
                        .isNotIn(17, 18, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 4, size 17")
        .hasMessageContaining("-Dlaws.seed=4 -Dlaws.size=17")
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void anExceptionIsABreach() {
    assertThatThrownBy(() -> Laws.hold((_, _) -> List.of().getFirst()))
        .hasMessageContaining("seed 0, size 0");
  }

  @Test
  void noCasesIsNoLaw() {
    assertThatThrownBy(() -> Laws.checkAll(0, 5, (_, _) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
