package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static io.ergane.controllers.serving.plan.SimCluster.settled;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Kthena's end-to-end tests ask of scaling, each under its name there. */
class KthenaScalingTest {
  private static final String COST = Names.DELETION_COST;

  private static Set<String> labels(SimCluster cluster, String key) {
    return cluster.pods.values().stream()
        .map(pod -> pod.label(key))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void testModelServingLifecycle() {
    SimCluster cluster = settled(Servings.of(1, role("prefill", 1, 2), role("decode", 2, 0)));
    assertThat(cluster.pods.keySet())
        .containsExactly(
            "ms-0-decode-0-0",
            "ms-0-decode-1-0",
            "ms-0-prefill-0-0",
            "ms-0-prefill-0-1",
            "ms-0-prefill-0-2");
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.pods.values()).extracting(SimPod::image).containsOnly("v2");
    Outcome.check(cluster);
  }

  @Test
  void testModelServingScaleUp() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 0)));
    cluster.edit(Servings.groups(3));
    cluster.settle();
    assertThat(labels(cluster, Names.GROUP)).containsExactly("ms-0", "ms-1", "ms-2");
  }

  @Test
  void testModelServingScaleDown() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)));
    cluster.edit(Servings.groups(1));
    cluster.settle();
    assertThat(labels(cluster, Names.GROUP)).containsExactly("ms-0");
    Outcome.check(cluster);
  }

  @Test
  void testModelServingRoleScaleUpAndDown() {
    SimCluster cluster = settled(Servings.of(1, role("prefill", 1, 0), role("decode", 1, 0)));
    String decode = cluster.pod("ms-0-decode-0-0").uid;
    cluster.edit(Servings.role("prefill", r -> Servings.replicas(r, 3)));
    cluster.settle();
    assertThat(labels(cluster, Names.ROLE_ID))
        .containsExactly("decode-0", "prefill-0", "prefill-1", "prefill-2");
    cluster.edit(Servings.role("prefill", r -> Servings.replicas(r, 1)));
    cluster.settle();
    assertThat(labels(cluster, Names.ROLE_ID)).containsExactly("decode-0", "prefill-0");
    assertThat(cluster.pod("ms-0-decode-0-0").uid).isEqualTo(decode);
  }

  @Test
  void testModelServingHeadlessServiceDeleteOnServingGroupDelete() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 1)));
    assertThat(cluster.services.all()).hasSize(3);
    cluster.edit(Servings.groups(1));
    cluster.settle();
    assertThat(cluster.services.all())
        .extracting(ObservedService::name)
        .containsExactly("ms-0-decode-0-0");
  }

  @Test
  void testModelServingServiceRecovery() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 1)));
    cluster.services.remove("ms-0-decode-0-0");
    cluster.settle();
    assertThat(cluster.services.all())
        .singleElement()
        .extracting(ObservedService::labels)
        .isEqualTo(
            Map.of(
                Names.NAME, "ms",
                Names.GROUP, "ms-0",
                Names.ROLE, "decode",
                Names.ROLE_ID, "decode-0"));
  }

  @Test
  void testModelServingBinPackScaleDownServingGroup() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)));
    cluster.touch(cluster.pod("ms-2-decode-0-0"), p -> p.annotations.put(COST, "100"));
    cluster.touch(cluster.pod("ms-1-decode-0-0"), p -> p.annotations.put(COST, "50"));
    cluster.edit(Servings.groups(1));
    cluster.settle();
    assertThat(labels(cluster, Names.GROUP)).containsExactly("ms-2");
  }

  @Test
  void testModelServingBinPackScaleDownRole() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 3, 0)));
    cluster.touch(cluster.pod("ms-0-decode-1-0"), p -> p.annotations.put(COST, "100"));
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 1)));
    cluster.settle();
    assertThat(labels(cluster, Names.ROLE_ID)).containsExactly("decode-1");
  }

  @Test
  void testModelServingBinPackScaleDownCombined() {
    SimCluster cluster = settled(Servings.of(2, role("decode", 2, 0)));
    cluster.touch(cluster.pod("ms-1-decode-1-0"), p -> p.annotations.put(COST, "100"));
    cluster.edit(Servings.groups(1));
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 1)));
    cluster.settle();
    assertThat(cluster.pods.keySet()).containsExactly("ms-1-decode-1-0");
  }

  @Test
  void testModelServingStatusAwarePriorityScaleDownServingGroup() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)));
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.ready = false);
    cluster.edit(Servings.groups(2));
    cluster.reconcile();
    cluster.settle();
    assertThat(labels(cluster, Names.GROUP)).containsExactly("ms-1", "ms-2");
  }

  @Test
  void testModelServingStatusAwarePriorityScaleDownRole() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 3, 0)));
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.ready = false);
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 2)));
    cluster.settle();
    assertThat(labels(cluster, Names.ROLE_ID)).containsExactly("decode-1", "decode-2");
  }

  @Test
  void testModelServingControllerManagerRestart() {
    SimCluster cluster =
        new SimCluster(Servings.of(5, role("prefill", 1, 1), role("decode", 3, 0)));
    cluster.deliverAll();
    Step step = cluster.plan();
    cluster.begin(step);
    step.changes().stream().limit(12).forEach(cluster::apply);
    cluster.stores().forEach(Store::list);
    List<String> before = cluster.pods.values().stream().map(pod -> pod.uid).toList();
    cluster.settle();
    assertThat(cluster.pods).hasSize(25);
    assertThat(cluster.pods.values()).extracting(pod -> pod.uid).containsAll(before);
    Outcome.check(cluster);
  }

  @Test
  void testModelServingRoleStatusEvents() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 0)));
    assertThat(cluster.events)
        .extracting(EventNote::message)
        .containsExactly(
            "Role decode/decode-0 in ServingGroup ms-0 is now Creating",
            "Role decode/decode-0 in ServingGroup ms-0 is now Running");
    cluster.events.clear();
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.terminating = true);
    cluster.settle();
    assertThat(cluster.events)
        .extracting(EventNote::reason)
        .containsExactly("RoleDeleting", "RoleCreating", "RoleRunning");
  }
}
