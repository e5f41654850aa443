package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PodScopesTest {
  @Test
  void serversThatNameOneLabelShareOneScope() {
    assertThat(
            PodScopes.of(
                List.of(
                    Map.of("app", "a", "role", "decode"),
                    Map.of("app", "b"),
                    Map.of("model", "c"))))
        .containsExactly("app in (a,b)", "model in (c)");
  }

  @Test
  void theOrderOfServersDoesNotMatter() {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      List<Map<String, String>> selectors = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(12); i++) {
        selectors.add(Map.of("k" + random.nextInt(4), "v" + i, "l" + random.nextInt(3), "w"));
      }
      var before = PodScopes.of(selectors);
      Collections.shuffle(selectors, random);
      assertThat(PodScopes.of(selectors)).isEqualTo(before);
    }
  }

  @Test
  void manyValuesBecomeTheLabelItself() {
    List<Map<String, String>> selectors =
        IntStream.range(0, 51).mapToObj(i -> Map.of("app", "a" + i)).toList();
    assertThat(PodScopes.of(selectors)).containsExactly("app");
  }

  @Test
  void manyLabelsBecomeAllPods() {
    List<Map<String, String>> selectors =
        IntStream.range(0, 17).mapToObj(i -> Map.of("app" + i, "a")).toList();
    assertThat(PodScopes.of(selectors)).containsExactly("");
  }

  @Test
  void whatNoPodCanCarryIsPassedOver() {
    assertThat(PodScopes.of(List.of(Map.of(), Map.of("a b", "c"), Map.of("app", "x,y)"))))
        .isEmpty();
  }
}
