package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pods that answer requests leave routing before they are deleted. */
class DrainTest {
  private static SimCluster settled(ModelServing serving) {
    SimCluster cluster = new SimCluster(serving);
    cluster.drains = true;
    cluster.settle();
    return cluster;
  }

  private static void serve(SimCluster cluster, String pod, int requests) {
    cluster.touch(
        cluster.pod(pod),
        p -> {
          p.watched = true;
          p.requests = requests;
        });
  }

  private static Step plan(SimCluster cluster) {
    cluster.deliverAll();
    return cluster.plan();
  }

  @Test
  void aPodIsMarkedFirstAndDeletedWhenItIsOutOfRoutingAndIdle() {
    SimCluster cluster = settled(Servings.of(2, role("decode", 1, 1)));
    serve(cluster, "ms-1-decode-0-0", 2);
    cluster.edit(Servings.groups(1));
    assertThat(plan(cluster).changes())
        .containsExactly(
            new Change.DrainPod(
                "ms-1-decode-0-0",
                cluster.pod("ms-1-decode-0-0").uid,
                cluster.now,
                cluster.now.plus(Duration.ofMinutes(5)),
                "ServingGroups scale down"));
    cluster.reconcile();
    SimPod pod = cluster.pod("ms-1-decode-0-0");
    cluster.touch(pod, p -> p.outOfRouting = true);
    assertThat(plan(cluster).changes()).as("requests run").isEmpty();
    cluster.touch(
        pod,
        p -> {
          p.requests = 0;
          p.outOfRouting = false;
        });
    assertThat(plan(cluster).changes()).as("some data plane may still send").isEmpty();
    cluster.touch(pod, p -> p.outOfRouting = true);
    assertThat(plan(cluster).changes())
        .extracting(Change::name)
        .containsExactly("ms-1-decode-0-0", "ms-1-decode-0-1");
  }

  @Test
  void requestsThatDoNotEndAreCutOffAtTheDeadline() {
    SimCluster cluster =
        settled(
            Servings.annotated(Servings.of(2, role("decode", 1, 0)), Names.DRAIN_TIMEOUT, "90s"));
    serve(cluster, "ms-1-decode-0-0", 1000);
    cluster.edit(Servings.groups(1));
    cluster.reconcile();
    cluster.now = cluster.now.plusSeconds(89);
    assertThat(plan(cluster).changes()).isEmpty();
    assertThat(cluster.plan().again()).isEqualTo(cluster.now.plusSeconds(1));
    cluster.now = cluster.now.plusSeconds(1);
    assertThat(plan(cluster).changes()).singleElement().isInstanceOf(Change.DeletePod.class);
  }

  @Test
  void podsThatNeverServedAreDeletedAtOnce() {
    SimCluster cluster = new SimCluster(Servings.of(2, role("decode", 1, 0, SimCluster.BAD)));
    cluster.drains = true;
    cluster.run(3, _ -> {});
    cluster.edit(Servings.groups(1));
    assertThat(plan(cluster).changes()).singleElement().isInstanceOf(Change.DeletePod.class);
  }

  @Test
  void aRolloutDrainsEachGroupAndCountsItAsUnavailableMeanwhile() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)));
    cluster.pods.keySet().forEach(name -> serve(cluster, name, 3));
    cluster.edit(Servings.images("v2"));
    cluster.settle(c -> assertThat(c.availableGroups()).hasSizeGreaterThanOrEqualTo(2));
    assertThat(cluster.pods.values()).extracting(SimPod::image).containsOnly("v2");
    assertThat(cluster.changes).filteredOn(Change.DrainPod.class::isInstance).hasSize(3);
  }

  @Test
  void whereNobodyAcknowledgesPodsAreDeletedAtOnce() {
    SimCluster cluster = settled(Servings.of(2, role("decode", 1, 0)));
    serve(cluster, "ms-1-decode-0-0", 1);
    cluster.drains = false;
    cluster.edit(Servings.groups(1));
    assertThat(plan(cluster).changes()).singleElement().isInstanceOf(Change.DeletePod.class);
  }

  @Test
  void aPodThatAUserMarksIsDrainedAndMadeAnew() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 0)));
    SimPod pod = cluster.pod("ms-0-decode-0-0");
    serve(cluster, pod.name, 2);
    cluster.touch(pod, p -> p.drainingSince = cluster.now);
    assertThat(plan(cluster).changes()).isEmpty();
    cluster.settle();
    assertThat(cluster.pod("ms-0-decode-0-0").uid).isNotEqualTo(pod.uid);
    Outcome.check(cluster);
  }
}
