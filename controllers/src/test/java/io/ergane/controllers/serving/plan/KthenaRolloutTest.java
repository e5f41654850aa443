package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static io.ergane.controllers.serving.plan.SimCluster.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Kthena's end-to-end tests ask of rollouts, each under its name there. */
class KthenaRolloutTest {
  private static void never(SimCluster cluster, int below) {
    assertThat(cluster.availableGroups().size()).isGreaterThanOrEqualTo(below);
  }

  @Test
  void testModelServingRollingUpdate() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 1)));
    String before = cluster.status().updateRevision();
    cluster.edit(Servings.images("v2"));
    cluster.settle(c -> never(c, 2));
    assertThat(cluster.status().updateRevision()).isNotEqualTo(before);
    assertThat(cluster.status().currentRevision()).isEqualTo(cluster.status().updateRevision());
    assertThat(cluster.revisions.all()).hasSize(1);
    Outcome.check(cluster);
  }

  @Test
  void testModelServingRollingUpdateMaxUnavailable() {
    SimCluster cluster = settled(Servings.of(4, role("decode", 2, 0)), Servings.byGroup(2, null));
    cluster.edit(Servings.images("v2"));
    cluster.settle(c -> never(c, 2));
    assertThat(cluster.images().values()).containsOnly("v2");
  }

  @Test
  void testModelServingRollingUpdateMaxUnavailableWithBadImage() {
    SimCluster cluster = settled(Servings.of(6, role("decode", 1, 0)), Servings.byGroup(2, null));
    cluster.edit(Servings.images(SimCluster.BAD));
    cluster.run(60, c -> never(c, 4));
    assertThat(cluster.images().values()).filteredOn(SimCluster.BAD::equals).hasSize(2);
    cluster.edit(Servings.images("v3"));
    cluster.settle(c -> never(c, 4));
    assertThat(cluster.images().values()).containsOnly("v3");
  }

  @Test
  void testModelServingPartitionBoundaryProtection() {
    SimCluster cluster = settled(Servings.of(5, role("decode", 1, 0)), Servings.byGroup(1, 3));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v1", "v2", "v2");
    assertThat(cluster.status().currentReplicas()).isEqualTo(3);
    assertThat(cluster.status().updatedReplicas()).isEqualTo(2);
  }

  @Test
  void testModelServingPartitionDeletedGroupHistoricalRevision() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)), Servings.byGroup(1, 2));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    String current = cluster.status().currentRevision();
    cluster.touch(cluster.pod("ms-1-decode-0-0"), p -> p.terminating = true);
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v2");
    assertThat(cluster.pod("ms-1-decode-0-0").label(Names.REVISION)).isEqualTo(current);
    assertThat(cluster.status().currentRevision()).isEqualTo(current);
  }

  @Test
  void aProtectedGroupComesBackAsItWasEvenIfAllProtectedOnesAreGone() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)), Servings.byGroup(1, 2));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    cluster.remove(cluster.pod("ms-0-decode-0-0"));
    cluster.remove(cluster.pod("ms-1-decode-0-0"));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v2");
  }

  @Test
  void testModelServingPartitionScaleUp() {
    SimCluster cluster = settled(Servings.of(5, role("decode", 1, 0)), Servings.byGroup(1, 3));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    cluster.edit(Servings.groups(7));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v1", "v2", "v2", "v2", "v2");
  }

  @Test
  void testModelServingPartitionScaleDown() {
    SimCluster cluster = settled(Servings.of(5, role("decode", 1, 0)), Servings.byGroup(1, 2));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    cluster.edit(Servings.groups(3));
    cluster.settle();
    ModelServing.Status status = cluster.status();
    assertThat(List.of(status.replicas(), status.currentReplicas(), status.updatedReplicas()))
        .containsExactly(3, 2, 1);
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v2");
  }

  @Test
  void testModelServingRoleBasedRollingUpdate() {
    SimCluster cluster =
        settled(Servings.of(2, role("prefill", 1, 0), role("decode", 1, 0)), Servings.byRole());
    List<String> decodes =
        cluster.pods(p -> p.name.contains("decode")).stream().map(p -> p.uid).toList();
    cluster.edit(Servings.role("prefill", r -> Servings.image(r, "v2")));
    cluster.settle(c -> never(c, 1));
    assertThat(cluster.pods(p -> p.name.contains("decode")))
        .extracting(p -> p.uid)
        .containsExactlyElementsOf(decodes);
    assertThat(cluster.pods(p -> p.name.contains("prefill")))
        .extracting(SimPod::image)
        .containsOnly("v2");
    assertThat(cluster.status().updatedReplicas()).isEqualTo(2);
    assertThat(cluster.status().currentRevision()).isEqualTo(cluster.status().updateRevision());
  }

  @Test
  void testModelServingRoleRollingUpdateMaxUnavailable() {
    SimCluster cluster =
        settled(Servings.of(1, Servings.bounds(role("prefill", 4, 0), 2, null)), Servings.byRole());
    cluster.edit(Servings.images(SimCluster.BAD));
    cluster.run(60, _ -> {});
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "bad", "bad");
  }

  @Test
  void testModelServingRoleRollingUpdatePartition() {
    SimCluster cluster =
        settled(Servings.of(1, Servings.bounds(role("prefill", 4, 0), 1, 2)), Servings.byRole());
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v2", "v2");
    assertThat(cluster.status().updatedReplicas()).isZero();
  }

  @Test
  void testModelServingRolePartitionScaleUp() {
    SimCluster cluster =
        settled(Servings.of(1, Servings.bounds(role("prefill", 2, 0), 1, 1)), Servings.byRole());
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    cluster.touch(cluster.pod("ms-0-prefill-0-0"), p -> p.terminating = true);
    cluster.edit(Servings.role("prefill", r -> Servings.replicas(r, 4)));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v2", "v2", "v2");
  }

  @Test
  void testModelServingRolePartitionScaleDown() {
    SimCluster cluster =
        settled(Servings.of(1, Servings.bounds(role("prefill", 4, 0), 1, 2)), Servings.byRole());
    for (int i = 2; i < 4; i++) {
      cluster.touch(
          cluster.pod("ms-0-prefill-" + i + "-0"),
          p -> p.annotations.put(Names.DELETION_COST, "100"));
    }
    cluster.edit(Servings.role("prefill", r -> Servings.replicas(r, 2)));
    cluster.settle();
    assertThat(cluster.pods.keySet()).containsExactly("ms-0-prefill-0-0", "ms-0-prefill-1-0");
  }
}
