package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What happens when pods are deleted, fail or restart. */
class KthenaRecoveryTest {
  private static SimCluster settled(RecoveryPolicy policy, long grace) {
    ModelServing serving =
        Servings.edit(
            Servings.of(2, role("prefill", 1, 1), role("decode", 1, 0)), Servings.recovery(policy));
    SimCluster cluster = new SimCluster(Servings.edit(serving, Servings.grace(grace)));
    cluster.settle();
    return cluster;
  }

  private static Map<String, String> uids(SimCluster cluster) {
    return cluster.pods.values().stream()
        .collect(Collectors.toMap(p -> p.name, p -> p.uid, (a, _) -> a, TreeMap::new));
  }

  private static Set<String> replaced(Map<String, String> before, SimCluster cluster) {
    Map<String, String> after = uids(cluster);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    return after.keySet().stream()
        .filter(name -> !Objects.equals(after.get(name), before.get(name)))
        .collect(Collectors.toSet());
  }

  private static void fail(SimCluster cluster, String pod) {
    cluster.touch(
        cluster.pod(pod),
        p -> {
          p.phase = Phase.FAILED;
          p.ready = false;
          p.trouble = "out of memory";
        });
  }

  private static void restart(SimCluster cluster, String pod) {
    cluster.touch(
        cluster.pod(pod),
        p -> {
          p.restarts++;
          p.ready = false;
        });
  }

  private static RoleReplica memory(SimCluster cluster, String id) {
    return cluster.status().groups().getFirst().roles().stream()
        .filter(r -> r.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void testModelServingServingGroupRecreate() {
    SimCluster cluster = settled(RecoveryPolicy.SERVING_GROUP_RECREATE, 0);
    Map<String, String> before = uids(cluster);
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.terminating = true);
    cluster.settle();
    assertThat(replaced(before, cluster))
        .containsExactlyInAnyOrder("ms-0-decode-0-0", "ms-0-prefill-0-0", "ms-0-prefill-0-1");
  }

  @Test
  void aGroupIsMadeAnewEvenIfThePodVanishedUnseen() {
    SimCluster cluster = settled(RecoveryPolicy.SERVING_GROUP_RECREATE, 0);
    Map<String, String> before = uids(cluster);
    cluster.remove(cluster.pod("ms-0-decode-0-0"));
    cluster.stores().forEach(Store::list);
    cluster.settle();
    assertThat(replaced(before, cluster)).hasSize(3);
  }

  @Test
  void aRoleThatScalesDownDoesNotMakeItsGroupAnew() {
    SimCluster cluster = settled(RecoveryPolicy.SERVING_GROUP_RECREATE, 0);
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 3)));
    cluster.settle();
    String prefill = cluster.pod("ms-0-prefill-0-0").uid;
    cluster.edit(Servings.role("decode", r -> Servings.replicas(r, 1)));
    cluster.settle();
    assertThat(cluster.pod("ms-0-prefill-0-0").uid).isEqualTo(prefill);
  }

  @Test
  void testModelServingPodRecovery() {
    SimCluster cluster = settled(RecoveryPolicy.ROLE_RECREATE, 0);
    Map<String, String> before = uids(cluster);
    cluster.touch(cluster.pod("ms-0-prefill-0-1"), p -> p.terminating = true);
    cluster.settle();
    assertThat(replaced(before, cluster))
        .containsExactlyInAnyOrder("ms-0-prefill-0-0", "ms-0-prefill-0-1");
    assertThat(cluster.pod("ms-0-prefill-0-1").label(Names.ROLE_ID)).isEqualTo("prefill-0");
  }

  @Test
  void recoveryPolicyNoneLeavesRestartsToTheNodeAndReplacesWhatEnded() {
    SimCluster cluster = settled(RecoveryPolicy.NONE, 0);
    Map<String, String> before = uids(cluster);
    restart(cluster, "ms-0-prefill-0-0");
    cluster.settle();
    assertThat(replaced(before, cluster)).isEmpty();
    fail(cluster, "ms-0-prefill-0-0");
    cluster.settle();
    assertThat(replaced(before, cluster)).containsExactly("ms-0-prefill-0-0");
    cluster.remove(cluster.pod("ms-1-decode-0-0"));
    cluster.settle();
    assertThat(replaced(before, cluster))
        .containsExactlyInAnyOrder("ms-0-prefill-0-0", "ms-1-decode-0-0");
  }

  @Test
  void aPodThatRecoversWithinItsGraceStaysAndCountsAsOvercome() {
    SimCluster cluster = settled(RecoveryPolicy.ROLE_RECREATE, 30);
    Map<String, String> before = uids(cluster);
    restart(cluster, "ms-0-decode-0-0");
    cluster.reconcile();
    assertThat(memory(cluster, "decode-0").failingSince()).isEqualTo(cluster.now);
    cluster.now = cluster.now.plusSeconds(29);
    cluster.stores().forEach(Store::list);
    assertThat(cluster.plan().changes()).isEmpty();
    cluster.settle();
    assertThat(replaced(before, cluster)).isEmpty();
    cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.ready = false);
    cluster.now = cluster.now.plusSeconds(60);
    cluster.deliverAll();
    assertThat(cluster.plan().changes()).as("not ready, but no new restart").isEmpty();
  }

  @Test
  void aPodThatDoesNotRecoverIsReplacedWhenItsGraceIsOverEvenAfterARestartOfTheController() {
    SimCluster cluster = settled(RecoveryPolicy.ROLE_RECREATE, 30);
    restart(cluster, "ms-0-decode-0-0");
    cluster.reconcile();
    cluster.stores().forEach(Store::list);
    assertThat(cluster.plan().again()).isEqualTo(cluster.now.plusSeconds(30));
    cluster.now = cluster.now.plusSeconds(30);
    assertThat(cluster.plan().changes())
        .singleElement()
        .isInstanceOfSatisfying(
            Change.DeletePod.class, d -> assertThat(d.name()).isEqualTo("ms-0-decode-0-0"));
  }

  @Test
  void failuresInARowWaitTwiceAsLongEachTimeAndAreForgottenAfterARun() {
    SimCluster cluster = settled(RecoveryPolicy.ROLE_RECREATE, 0);
    Instant last = cluster.now;
    for (int failure = 1; failure <= 4; failure++) {
      fail(cluster, "ms-0-decode-0-0");
      cluster.deliverAll();
      Step step = cluster.plan();
      if (failure > 1) {
        Instant due = last.plus(Failures.waitAfter(failure - 1));
        assertThat(step.changes()).isEmpty();
        assertThat(step.again()).isEqualTo(due);
        cluster.now = due;
      }
      last = cluster.now;
      cluster.reconcile();
      assertThat(memory(cluster, "decode-0").failures()).isEqualTo(failure);
      assertThat(memory(cluster, "decode-0").reason()).isEqualTo("out of memory");
      for (int i = 0; i < 4; i++) {
        cluster.nodes(_ -> true);
        cluster.reconcile();
      }
    }
    assertThat(Failures.waitAfter(3)).isEqualTo(Duration.ofSeconds(40));
    assertThat(Failures.waitAfter(99)).isEqualTo(Failures.LONGEST_WAIT);
    cluster.settle();
    assertThat(memory(cluster, "decode-0").failures()).isZero();
  }

  @Test
  void aPodThatSomebodyDeletedIsNoFailure() {
    SimCluster cluster = settled(RecoveryPolicy.ROLE_RECREATE, 0);
    for (int i = 0; i < 3; i++) {
      cluster.touch(cluster.pod("ms-0-decode-0-0"), p -> p.terminating = true);
      cluster.settle();
    }
    assertThat(memory(cluster, "decode-0").failures()).isZero();
  }

  @Test
  void theFailureIsInTheStatusThatIsWrittenBeforeTheDeletion() {
    SimCluster cluster = settled(RecoveryPolicy.SERVING_GROUP_RECREATE, 0);
    fail(cluster, "ms-0-decode-0-0");
    cluster.deliverAll();
    Step step = cluster.plan();
    RoleReplica decode =
        step.status().groups().getFirst().roles().stream()
            .filter(r -> r.id().equals("decode-0"))
            .findFirst()
            .orElseThrow();
    assertThat(List.of(decode.failures(), String.valueOf(decode.pod())))
        .containsExactly(1, "ms-0-decode-0-0");
    assertThat(step.changes()).filteredOn(Change.DeletePod.class::isInstance).hasSize(3);
    assertThat(step.events()).extracting(EventNote::reason).contains("RoleFailed");
  }
}
