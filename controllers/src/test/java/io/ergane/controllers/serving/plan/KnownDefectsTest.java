package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static io.ergane.controllers.serving.plan.SimCluster.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.Condition;
import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.RollingUpdate;
import io.ergane.api.ModelServing.RolloutStrategy;
import io.ergane.api.ModelServing.RolloutType;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Defects that users of Kthena reported, none of which this controller has. The number in a test's
 * name is that of the report in github.com/volcano-sh/kthena.
 */
class KnownDefectsTest {
  private static String condition(SimCluster cluster, String type) {
    return cluster.status().conditions().stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.status().text() + " " + c.reason() + ": " + c.message())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void outdatedGroupsAreNotScaledBeforeTheyAreReplaced_1795() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 2, 0)));
    cluster.changes.clear();
    cluster.edit(Servings.images("v2"));
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 4)));
    cluster.settle(c -> assertThat(c.availableGroups()).hasSizeGreaterThanOrEqualTo(2));
    assertThat(cluster.changes)
        .filteredOn(Change.CreatePod.class::isInstance)
        .as("each pod of the new revision once, none of the old one")
        .hasSize(12);
    Outcome.check(cluster);
  }

  @Test
  void recoveryPolicyNoneDeletesNothingThatRestartsAndRecreatesWhatIsGone_1661() {
    SimCluster cluster =
        settled(Servings.of(1, role("decode", 1, 2)), Servings.recovery(RecoveryPolicy.NONE));
    cluster.changes.clear();
    cluster.touch(
        cluster.pod("ms-0-decode-0-0"),
        p -> {
          p.restarts = 3;
          p.ready = false;
        });
    cluster.settle();
    assertThat(cluster.changes).isEmpty();
    cluster.remove(cluster.pod("ms-0-decode-0-1"));
    cluster.settle();
    assertThat(cluster.changes)
        .singleElement()
        .extracting(Change::name)
        .isEqualTo("ms-0-decode-0-1");
  }

  @Test
  void aFailedStatusUpdateLeavesNothingBehindThatBlocksRecovery_1577() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 0)), Servings.grace(20));
    cluster.touch(
        cluster.pod("ms-0-decode-0-0"),
        p -> {
          p.restarts = 1;
          p.ready = false;
        });
    cluster.deliverAll();
    assertThat(cluster.plan().changes()).as("its status update fails").isEmpty();
    cluster.reconcile();
    cluster.now = cluster.now.plusSeconds(20);
    assertThat(cluster.reconcile()).isTrue();
    assertThat(cluster.pod("ms-0-decode-0-0").terminating).isTrue();
  }

  @Test
  void theStatusSaysWhyPodsAreInTrouble_1503() {
    SimCluster cluster = new SimCluster(Servings.of(2, role("decode", 1, 0, "bad")));
    cluster.run(4, _ -> {});
    assertThat(condition(cluster, "Progressing"))
        .isEqualTo(
            "True GroupProgressing: Some groups is progressing: [0 1]. pod ms-0-decode-0-0 and 1"
                + " more: image bad cannot be pulled");
    assertThat(condition(cluster, "Degraded")).startsWith("True PodsInTrouble: pod ms-0");
  }

  @Test
  void aPartitionProtectsOrdinalsNotPositions_1483() {
    SimCluster cluster = settled(Servings.of(4, role("decode", 1, 0)), Servings.byGroup(1, 2));
    cluster.touch(cluster.pod("ms-3-decode-0-0"), p -> p.annotations.put(Names.DELETION_COST, "9"));
    cluster.edit(Servings.groups(3));
    cluster.settle();
    assertThat(cluster.pods).containsKey("ms-3-decode-0-0").doesNotContainKey("ms-2-decode-0-0");
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "v2");
  }

  @Test
  void noReplicasIsAStateLikeAnyOther_1755_1761() {
    SimCluster cluster = settled(Servings.of(0, role("decode", 1, 0)));
    Outcome.check(cluster);
    assertThat(condition(cluster, "Available"))
        .isEqualTo("True AllGroupsReady: All Serving groups are ready");
    assertThat(cluster.status().updateRevision()).isNotEmpty();
    cluster.stores().forEach(Store::list);
    cluster.edit(Servings.groups(2));
    cluster.settle();
    Outcome.check(cluster);
  }

  @Test
  void maxSurgeIsToldAndBlocksNothing_1743() {
    RolloutStrategy strategy =
        new RolloutStrategy(
            RolloutType.SERVING_GROUP_ROLLING_UPDATE,
            new RollingUpdate(IntOrPercent.of(1), IntOrPercent.of(1), IntOrPercent.of(1)));
    SimCluster cluster =
        settled(
            Servings.of(3, role("decode", 1, 0)),
            spec ->
                new ModelServing.Spec(
                    spec.replicas(),
                    spec.schedulerName(),
                    spec.plugins(),
                    spec.recoveryPolicy(),
                    strategy,
                    spec.template()));
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.images().values()).containsExactly("v1", "v2", "v2");
    assertThat(condition(cluster, "Degraded")).contains("False", "maxSurge is not honoured");
  }

  @Test
  void scalingToZeroAndBackLeavesNoPodGroupBehind_1267() {
    SimCluster cluster =
        new SimCluster(
            Servings.edit(Servings.of(4, role("decode", 1, 0)), Servings.scheduler("volcano")));
    cluster.gang = GangSupport.PODGROUP;
    cluster.settle();
    assertThat(cluster.podGroups.all()).hasSize(4);
    cluster.edit(Servings.groups(0));
    cluster.settle();
    assertThat(cluster.podGroups.all()).isEmpty();
    cluster.edit(Servings.groups(4));
    cluster.settle();
    assertThat(cluster.podGroups.all()).hasSize(4);
    Outcome.check(cluster);
  }

  @Test
  void aRolloutByRoleTakesOneGroupAtATime_1188() {
    SimCluster cluster =
        settled(Servings.of(4, role("prefill", 1, 0), role("decode", 1, 0)), Servings.byRole());
    cluster.edit(Servings.images("v2"));
    cluster.settle(c -> assertThat(c.availableGroups()).hasSizeGreaterThanOrEqualTo(3));
    assertThat(cluster.images().values()).containsOnly("v2");
  }

  @Test
  void aControllerRevisionIsNeverChanged_841() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 0)));
    ObservedRevision before = cluster.revisions.all().getFirst();
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 3)));
    cluster.edit(Servings.groups(2));
    cluster.settle();
    assertThat(cluster.revisions.all()).containsExactly(before);
  }

  @Test
  void unhealthyOldGroupsAreReplacedFirstAndBlockNothing_743() {
    SimCluster cluster = settled(Servings.of(3, role("decode", 1, 0)));
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.ready = false);
    cluster.edit(Servings.images("v2"));
    cluster.reconcile();
    assertThat(cluster.pods(p -> p.terminating))
        .singleElement()
        .extracting(p -> p.name)
        .isEqualTo("ms-0-decode-0-0");
    cluster.settle();
    assertThat(cluster.images().values()).containsOnly("v2");
  }

  @Test
  void recoveryGoesOnAfterARestartOfTheController_697_689() {
    SimCluster cluster =
        settled(
            Servings.of(1, role("prefill", 1, 1), role("decode", 1, 0)),
            Servings.recovery(RecoveryPolicy.SERVING_GROUP_RECREATE));
    List<String> before = cluster.pods.values().stream().map(p -> p.uid).toList();
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.phase = Phase.FAILED);
    cluster.deliverAll();
    Step step = cluster.plan();
    cluster.begin(step);
    cluster.apply(step.changes().getFirst());
    cluster.nodes(p -> p.terminating);
    cluster.stores().forEach(Store::list);
    cluster.settle();
    assertThat(cluster.pods.values()).extracting(p -> p.uid).doesNotContainAnyElementsOf(before);
    assertThat(cluster.pods).hasSize(3);
  }

  @Test
  void podsThatWereDeletedWhileNobodyLookedAreCreatedAgain_517_372_682() {
    SimCluster cluster = settled(Servings.of(2, role("prefill", 1, 1), role("decode", 2, 0)));
    for (String name : List.copyOf(cluster.pods.keySet())) {
      if (!name.endsWith("-1")) cluster.remove(cluster.pod(name));
    }
    cluster.stores().forEach(Store::list);
    cluster.settle();
    Outcome.check(cluster);
  }

  @Test
  void workersHaveTheSchedulerOfTheServing_506() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 1)));
    assertThat(cluster.pods.values())
        .extracting(p -> p.spec.get("schedulerName"))
        .containsOnly("default-scheduler");
  }

  @Test
  void aGroupThatAwaitsItsUpdateGetsBackWhatItLosesAsItWas() {
    SimCluster cluster = settled(Servings.of(2, role("decode", 2, 0)));
    cluster.edit(Servings.images(SimCluster.BAD));
    cluster.run(10, _ -> {});
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "bad", "bad");
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.terminating = true);
    cluster.run(10, _ -> {});
    assertThat(cluster.images().values()).containsExactly("v1", "v1", "bad", "bad");
    assertThat(cluster.availableGroups()).containsExactly("ms-0");
  }

  @Test
  void conditionsNameTheGenerationAndExactlyOneStateHolds() {
    SimCluster cluster = settled(Servings.of(2, role("decode", 1, 0)));
    cluster.edit(Servings.images(SimCluster.BAD));
    cluster.run(5, _ -> {});
    assertThat(cluster.status().conditions())
        .allSatisfy(c -> assertThat(c.observedGeneration()).isEqualTo(2L));
    assertThat(cluster.status().conditions())
        .filteredOn(c -> c.status().text().equals("True"))
        .extracting(Condition::type)
        .containsExactly("UpdateInProgress", "Degraded");
    assertThat(condition(cluster, "UpdateInProgress"))
        .startsWith(
            "True GroupsUpdating: Some groups is progressing: [1], Updated Groups are: [1]");
  }
}
