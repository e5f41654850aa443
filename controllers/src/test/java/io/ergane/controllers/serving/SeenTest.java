package io.ergane.controllers.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.Finding;
import io.ergane.controllers.serving.Seen.Declared;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SeenTest {
  private static final Map<String, Object> SPEC =
      Map.of(
          "template",
          Map.of(
              "roles",
              List.of(
                  Map.of(
                      "name",
                      "decode",
                      "workerReplicas",
                      0,
                      "entryTemplate",
                      Map.of("spec", Map.of("containers", List.of(Map.of("name", "c"))))))));

  private static Declared declared(Map<String, Object> status) {
    return Seen.declared(
            Map.of(
                "apiVersion",
                "workload.serving.volcano.sh/v1alpha1",
                "kind",
                "ModelServing",
                "metadata",
                Map.of("name", "ms", "namespace", "default", "resourceVersion", "7"),
                "spec",
                SPEC,
                "status",
                status))
        .value();
  }

  @Test
  void aStatusThatIsReadIsNothingToTellOf() {
    Declared declared = declared(Map.of("currentRevision", "r1", "ofAnotherVersion", 1));

    assertThat(declared.findings()).isEmpty();
    assertThat(declared.serving())
        .extracting(each -> each.status().currentRevision())
        .isEqualTo("r1");
    assertThat(declared(Map.of()).findings()).isEmpty();
  }

  @Test
  void aStatusThatCannotBeReadCountsAsEmptyAndSaysWhy() {
    Declared declared = declared(Map.of("currentRevision", "r1", "replicas", "many"));

    assertThat(declared.serving()).extracting(each -> each.status().currentRevision()).isNull();
    assertThat(declared.findings()).extracting(Finding::field).containsExactly("status.replicas");
  }
}
