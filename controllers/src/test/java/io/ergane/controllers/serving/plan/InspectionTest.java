package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the debug endpoint shows. */
class InspectionTest {
  @Test
  void groupsRolesAndReplicasAreShownAsTheControllerSeesThem() {
    SimCluster cluster = new SimCluster(Servings.of(1, role("decode", 1, 1)));
    cluster.settle();
    SimPod entry = cluster.pod("ms-0-decode-0-0");
    Map<String, Object> replica =
        Map.of(
            "name",
            "decode-0",
            "revision",
            entry.label(Names.REVISION),
            "roleTemplateHash",
            entry.label(Names.ROLE_TEMPLATE_HASH),
            "status",
            "Running");
    assertThat(Inspection.of(cluster.observed()))
        .isEqualTo(
            Map.of(
                "ms-0",
                Map.of(
                    "name", "ms-0",
                    "runningPods", List.of("ms-0-decode-0-0", "ms-0-decode-0-1"),
                    "revision", entry.label(Names.REVISION),
                    "status", "Running",
                    "roles", Map.of("decode", Map.of("decode-0", replica)))));
  }
}
