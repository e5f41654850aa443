package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.kube.Serving.Member;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What Kthena's own end-to-end tests ask of ModelServings, under the names of those tests:
 * rollouts, partitions and availability.
 */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class KthenaRolloutTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  /** How long a rollout that is stuck is looked at. */
  private static final Duration STUCK = Duration.ofSeconds(4);

  private static final Role PREFILL = Role.of("prefill", 1, -1);
  private static final Role DECODE = Role.of("decode", 1, -1);
  private static final String BY_ROLE = "rolloutStrategy: {type: RoleRollingUpdate}";

  private final ServingWorld world = ServingWorld.create();

  @AfterEach
  void end() {
    world.close();
  }

  /** One role with one pod a group. */
  private static ServingManifest small(int replicas) {
    return ServingManifest.of("sample", replicas, PREFILL);
  }

  @Test
  void modelServingRollingUpdate() {
    Serving serving = world.apply(small(2)).awaitReady();
    String first = serving.status().path("currentRevision").asText();

    serving.apply(small(2).tagged("2")).awaitUpdated();

    assertThat(serving.pods()).hasSize(2).allMatch(pod -> pod.image().equals("engine:2"));
    patiently()
        .untilAsserted(() -> {
          JsonNode status = serving.status();
          assertThat(status.path("currentRevision").asText())
              .isEqualTo(status.path("updateRevision").asText())
              .isNotEqualTo(first);
          assertThat(world.namespace().names(Namespace.REVISIONS))
              .containsExactly("sample-" + status.path("updateRevision").asText());
        });
  }

  @Test
  void modelServingRollingUpdateMaxUnavailable() {
    world.kubelet().order(_ -> true, new PodOrder.ReadyAfter(Duration.ofMillis(250)));
    ServingManifest manifest = small(4).rolling("maxUnavailable: 2");
    Serving serving = world.apply(manifest).awaitReady();

    try (Lowest available = Lowest.of(() -> serving.availableGroups(1))) {
      serving.apply(manifest.tagged("2")).awaitUpdated();

      assertThat(available.soFar()).isGreaterThanOrEqualTo(2);
    }
    assertThat(serving.pods()).hasSize(4).allMatch(pod -> pod.image().equals("engine:2"));
  }

  @Test
  void modelServingRollingUpdateMaxUnavailableWithBadImage() {
    ServingManifest manifest = small(6).rolling("maxUnavailable: 2");
    Serving serving = world.apply(manifest).awaitReady();

    try (Lowest available = Lowest.of(() -> serving.availableGroups(1))) {
      serving.apply(manifest.tagged("missing"));
      patiently().until(() -> replaced(serving, "engine:missing") == 2);
      await()
          .during(STUCK)
          .atMost(STUCK.multipliedBy(2))
          .until(() -> replaced(serving, "engine:missing") == 2);

      assertThat(available.soFar()).isEqualTo(4);
    }
  }

  private static long replaced(Serving serving, String image) {
    return serving.pods(pod -> pod.image().equals(image)).count();
  }

  @Test
  void modelServingPartitionBoundaryProtection() {
    ServingManifest manifest = small(5).rolling("partition: 3");
    Serving serving = world.apply(manifest).awaitReady();
    Map<String, String> before = serving.uids();

    serving.apply(manifest.tagged("2"));

    awaitImages(serving, Set.of(3, 4));
    assertThat(serving.uids())
        .containsEntry("sample-0-prefill-0-0", before.get("sample-0-prefill-0-0"));
    assertThat(serving.pods(pod -> before.containsValue(pod.uid())).map(Member::groupOrdinal))
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(serving.status().path("updatedReplicas").asInt()).isEqualTo(2);
  }

  /**
   * Waits until exactly these groups have the second image, the others the first, and each group
   * its one pod: between a pod's end and its successor the status may still tell of both.
   */
  private static void awaitImages(Serving serving, Set<Integer> updated) {
    patiently()
        .untilAsserted(() -> {
          assertThat(serving.isReady()).as("ready: %s", serving.status()).isTrue();
          assertThat(serving.pods())
              .hasSize(serving.object().path("spec").path("replicas").asInt())
              .allMatch(Member::isReady)
              .allSatisfy(pod ->
                  assertThat(pod.image())
                      .as(pod.name())
                      .isEqualTo(updated.contains(pod.groupOrdinal()) ? "engine:2" : "engine:1"));
        });
  }

  @Test
  void modelServingPartitionDeletedGroupHistoricalRevision() {
    ServingManifest manifest = small(4).rolling("partition: 3");
    Serving serving = world.apply(manifest).awaitReady();
    serving.apply(manifest.tagged("2"));
    awaitImages(serving, Set.of(3));
    String current = serving.status().path("currentRevision").asText();
    Member before = serving.pod("sample-1-prefill-0-0");

    world.namespace().delete(Namespace.PODS, before.name());

    patiently()
        .untilAsserted(() ->
            assertThat(serving.uids())
                .containsKey(before.name())
                .doesNotContainValue(before.uid()));
    awaitImages(serving, Set.of(3));
    assertThat(serving.pod(before.name()).revision()).isEqualTo(before.revision());
    assertThat(serving.status().path("currentRevision").asText()).isEqualTo(current);
  }

  @Test
  void modelServingPartitionScaleUp() {
    ServingManifest manifest = small(5).rolling("partition: 3");
    Serving serving = world.apply(manifest).awaitReady();
    serving.apply(manifest.tagged("2"));
    awaitImages(serving, Set.of(3, 4));

    serving.scale(7);

    awaitImages(serving, Set.of(3, 4, 5, 6));
    String update = serving.status().path("updateRevision").asText();
    assertThat(serving.pods(pod -> pod.revision().equals(update)).map(Member::groupOrdinal))
        .containsExactlyInAnyOrder(3, 4, 5, 6);
  }

  @Test
  void modelServingPartitionScaleDown() {
    ServingManifest manifest = small(5).rolling("partition: 3");
    Serving serving = world.apply(manifest).awaitReady();
    serving.apply(manifest.tagged("2"));
    awaitImages(serving, Set.of(3, 4));

    serving.scale(3);

    awaitImages(serving, Set.of());
    assertThat(serving.groups()).containsExactly(0, 1, 2);
    patiently()
        .untilAsserted(() ->
            assertThat(counts(serving.status()))
                .isEqualTo(Map.of("replicas", 3, "currentReplicas", 3, "updatedReplicas", 0)));
  }

  private static Map<String, Integer> counts(JsonNode status) {
    return java.util.stream.Stream.of("replicas", "currentReplicas", "updatedReplicas")
        .collect(Collectors.toMap(key -> key, key -> status.path(key).asInt(0)));
  }

  /** Two roles, rolled out by role. */
  private static ServingManifest byRole(Role prefill) {
    return ServingManifest.of("sample", 1, prefill, DECODE).with(BY_ROLE);
  }

  @Test
  void modelServingRoleBasedRollingUpdate() {
    ServingManifest manifest = byRole(PREFILL.scaled(2));
    Serving serving = world.apply(manifest).awaitReady();
    Map<String, String> before = serving.uids();

    serving.apply(manifest.changed(PREFILL.scaled(2).tagged("2")));

    patiently()
        .untilAsserted(() ->
            assertThat(serving.pods(pod -> pod.role().equals("prefill")))
                .hasSize(2)
                .allMatch(pod -> pod.isReady() && pod.image().equals("engine:2")));
    serving.awaitUpdated();
    assertThat(serving.pod("sample-0-decode-0-0").uid())
        .isEqualTo(before.get("sample-0-decode-0-0"));
  }

  @Test
  void modelServingRoleRollingUpdateMaxUnavailable() {
    Role prefill = PREFILL.scaled(4).with("maxUnavailable: 2");
    Serving serving = world.apply(byRole(prefill)).awaitReady();

    serving.apply(byRole(prefill.tagged("missing")));

    patiently().until(() -> replaced(serving, "engine:missing") == 2);
    await()
        .during(STUCK)
        .atMost(STUCK.multipliedBy(2))
        .until(
            () -> replaced(serving, "engine:missing") == 2 && replaced(serving, "engine:1") == 3);
  }

  @Test
  void modelServingRoleRollingUpdatePartition() {
    Role prefill = PREFILL.scaled(3).with("partition: 2");
    Serving serving = world.apply(byRole(prefill)).awaitReady();
    Map<String, String> before = serving.uids();

    serving.apply(byRole(prefill.tagged("2")));

    awaitRoleImages(serving, 3, Set.of("prefill-2"));
    assertThat(serving.uids()).hasSize(4);
    assertThat(serving.pods(pod -> before.containsValue(pod.uid())).map(Member::roleId))
        .containsExactlyInAnyOrder("prefill-0", "prefill-1", "decode-0");
  }

  /**
   * Waits until there are so many replicas of prefill, and exactly these have the second image, the
   * others the first.
   */
  private static void awaitRoleImages(Serving serving, int replicas, Set<String> updated) {
    patiently()
        .untilAsserted(() ->
            assertThat(serving.pods(pod -> pod.role().equals("prefill")).toList())
                .hasSize(replicas)
                .allMatch(Member::isReady)
                .allSatisfy(pod ->
                    assertThat(pod.image())
                        .as(pod.name())
                        .isEqualTo(updated.contains(pod.roleId()) ? "engine:2" : "engine:1")));
  }

  @Test
  void modelServingRolePartitionScaleUp() {
    Role prefill = PREFILL.scaled(2).with("partition: 1");
    Serving serving = world.apply(byRole(prefill)).awaitReady();
    serving.apply(byRole(prefill.tagged("2")));
    awaitRoleImages(serving, 2, Set.of("prefill-1"));
    Member before = serving.pod("sample-0-prefill-0-0");

    serving.apply(byRole(prefill.tagged("2").scaled(4)));
    awaitRoleImages(serving, 4, Set.of("prefill-1", "prefill-2", "prefill-3"));
    world.namespace().delete(Namespace.PODS, before.name());

    patiently()
        .untilAsserted(() ->
            assertThat(serving.uids())
                .containsKey(before.name())
                .doesNotContainValue(before.uid()));
    awaitRoleImages(serving, 4, Set.of("prefill-1", "prefill-2", "prefill-3"));
    assertThat(serving.pod(before.name()).revision()).isEqualTo(before.revision());
  }

  @Test
  void modelServingRolePartitionScaleDown() {
    Role prefill = PREFILL.scaled(4).with("partition: 2");
    Serving serving = world.apply(byRole(prefill)).awaitReady();
    serving.cost("sample-0-prefill-2-0", 100);
    serving.cost("sample-0-prefill-3-0", 100);

    serving.apply(byRole(prefill.scaled(2)));

    serving.awaitPods(3);
    assertThat(serving.roleIds("prefill")).containsExactly("prefill-0", "prefill-1");
  }
}
