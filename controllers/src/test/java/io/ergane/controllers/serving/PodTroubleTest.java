package io.ergane.controllers.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PodTroubleTest {
  private static Map<String, Object> container(Map<String, Object> state) {
    return Map.of(
        "status",
        Map.of(
            "containerStatuses",
            List.of(Map.of("name", "engine", "image", "vllm:x", "ready", false, "state", state))));
  }

  private static Map<String, Object> waiting(String reason, String message) {
    return container(Map.of("waiting", Map.of("reason", reason, "message", message)));
  }

  @Test
  void anImageThatCannotBePulledReadsTheSameAtEachAttempt() {
    assertThat(PodTrouble.of(waiting("ErrImagePull", "rpc error 1")))
        .isEqualTo(PodTrouble.of(waiting("ImagePullBackOff", "back-off 20s")))
        .contains("vllm:x", "engine", "pull");
  }

  @Test
  void aCrashSaysHowItEndedAndWhereToLook() {
    assertThat(
            PodTrouble.of(
                container(Map.of("terminated", Map.of("exitCode", 137, "reason", "OOMKilled")))))
        .contains("ran out of memory", "kubectl logs");
    assertThat(PodTrouble.of(container(Map.of("terminated", Map.of("exitCode", 3)))))
        .contains("exit code 3");
  }

  @Test
  void aPodThatNoNodeTakesSaysWhy() {
    Map<String, Object> pod =
        Map.of(
            "status",
            Map.of(
                "conditions",
                List.of(
                    Map.of(
                        "type", "PodScheduled",
                        "status", "False",
                        "reason", "Unschedulable",
                        "message", "0/3 nodes have 8 nvidia.com/gpu free"))));
    assertThat(PodTrouble.of(pod))
        .isEqualTo("cannot be scheduled: 0/3 nodes have 8 nvidia.com/gpu free");
  }

  @Test
  void aPodThatWasReadyOnANodeThatIsLostBlamesTheNode() {
    Map<String, Object> pod =
        Map.of(
            "status",
            Map.of(
                "conditions",
                List.of(
                    Map.of("type", "ContainersReady", "status", "True"),
                    Map.of("type", "Ready", "status", "False")),
                "containerStatuses",
                List.of(
                    Map.of(
                        "name",
                        "engine",
                        "ready",
                        true,
                        "state",
                        Map.of("running", Map.of("startedAt", "2026-01-01T00:00:00Z"))))));
    assertThat(PodTrouble.of(pod)).contains("node does not answer");
  }

  @Test
  void aRunningContainerThatIsNotReadyBlamesItsProbe() {
    assertThat(
            PodTrouble.of(
                container(Map.of("running", Map.of("startedAt", "2026-01-01T00:00:00Z")))))
        .contains("readiness probe");
  }

  @Test
  void aPodThatIsReadyOrOnlyStartingHasNoTrouble() {
    assertThat(PodTrouble.of(Map.of())).isNull();
    assertThat(PodTrouble.of(waiting("ContainerCreating", ""))).isNull();
    assertThat(
            PodTrouble.of(
                Map.of(
                    "status",
                    Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True"))))))
        .isNull();
  }
}
