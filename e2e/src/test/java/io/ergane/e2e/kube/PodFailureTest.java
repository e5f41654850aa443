package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.kube.Serving.Member;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a ModelServing whose pods fail, and what its status says of it. */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class PodFailureTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final Role PREFILL = Role.of("prefill", 1, 1);
  private static final Role DECODE = Role.of("decode", 1, -1);
  private static final String ENTRY = "sample-0-prefill-0-0";
  private static final String WORKER = "sample-0-prefill-0-1";
  private static final String DECODER = "sample-0-decode-0-0";

  /** Containers that have crashed are started again when the test says so. */
  private static final Duration NEVER = Duration.ofHours(1);

  private ServingWorld world = ServingWorld.create(restartingAfter(NEVER));

  @AfterEach
  void end() {
    world.close();
  }

  private static KubeletSettings restartingAfter(Duration delay) {
    return KubeletSettings.of(ServingWorld.MODEL).withRestartDelay(delay);
  }

  private void restartContainersAfter(Duration delay) {
    world.close();
    world = ServingWorld.create(restartingAfter(delay));
  }

  private static ServingManifest sample(int replicas, String recoveryPolicy) {
    return ServingManifest.of("sample", replicas, PREFILL, DECODE)
        .with("recoveryPolicy: " + recoveryPolicy);
  }

  private static void grace(Serving serving, Duration grace) {
    serving.patch(
        "{\"spec\": {\"template\": {\"restartGracePeriodSeconds\": %d}}}"
            .formatted(grace.toSeconds()));
  }

  /** Waits until exactly those pods are others than before, and all are ready. */
  private static void awaitReplaced(
      Serving serving, Map<String, String> before, Predicate<Member> which) {
    patiently()
        .untilAsserted(() -> {
          assertThat(serving.uids()).containsOnlyKeys(before.keySet());
          assertThat(serving.pods(which)).noneMatch(pod -> before.containsValue(pod.uid()));
          assertThat(serving.pods()).allMatch(Member::isReady);
        });
    serving.awaitPods(before.size());
    assertThat(serving.pods(which.negate())).allMatch(pod -> before.containsValue(pod.uid()));
  }

  private static void awaitWords(Serving serving, String... words) {
    patiently()
        .untilAsserted(() -> {
          assertThat(serving.hasCondition("Degraded", "True")).isTrue();
          assertThat(message(serving, "Degraded")).contains(words);
          assertThat(message(serving, "Available")).contains(words);
        });
  }

  private static String message(Serving serving, String type) {
    for (JsonNode condition : serving.status().path("conditions")) {
      if (condition.path("type").asText().equals(type)) return condition.path("message").asText();
    }
    return "";
  }

  /** What the status remembers of a role replica of the first group. */
  private static JsonNode memory(Serving serving, String roleId) {
    for (JsonNode replica : serving.status().path("groups").path(0).path("roles")) {
      if (replica.path("id").asText().equals(roleId)) return replica;
    }
    return serving.status().path("missing");
  }

  private static Instant awaitFailing(Serving serving, String roleId) {
    patiently()
        .untilAsserted(() ->
            assertThat(memory(serving, roleId).has("failingSince"))
                .as("%s", serving.status())
                .isTrue());
    return Instant.parse(memory(serving, roleId).path("failingSince").asText());
  }

  @Test
  void aCrashReplacesTheRoleReplicaWithRoleRecreate() {
    Serving serving = world.apply(sample(2, "RoleRecreate")).awaitPods(6);
    Map<String, String> before = serving.uids();

    world.kubelet().crash(WORKER);

    awaitReplaced(serving, before, pod -> pod.groupOrdinal() == 0 && pod.role().equals("prefill"));
  }

  @Test
  void aCrashReplacesTheGroupWithServingGroupRecreate() {
    Serving serving = world.apply(sample(2, "ServingGroupRecreate")).awaitPods(6);
    Map<String, String> before = serving.uids();

    world.kubelet().crash(WORKER);

    awaitReplaced(serving, before, pod -> pod.groupOrdinal() == 0);
  }

  @Test
  void withRecoveryPolicyNoneTheNodeRestartsAndOnlyWhatHasEndedIsReplaced() {
    restartContainersAfter(Duration.ofMillis(500));
    Serving serving = world.apply(sample(1, "None")).awaitPods(3);
    Map<String, String> before = serving.uids();

    world.kubelet().crash(WORKER);
    patiently()
        .untilAsserted(() -> {
          Member worker = serving.pod(WORKER);
          assertThat(worker.pod().at("/status/containerStatuses/0/restartCount").asInt())
              .isEqualTo(1);
          assertThat(worker.isReady()).isTrue();
        });
    serving.awaitPods(3);
    assertThat(serving.uids()).isEqualTo(before);

    world.kubelet().fail(WORKER);
    awaitReplaced(serving, before, pod -> pod.name().equals(WORKER));
  }

  @Test
  void aPodThatRecoversWithinItsGraceStays() {
    Serving serving = world.apply(sample(1, "ServingGroupRecreate"));
    grace(serving, Duration.ofMinutes(5));
    var _ = serving.awaitPods(3);
    Map<String, String> before = serving.uids();

    world.kubelet().crash(DECODER);
    var _ = awaitFailing(serving, "decode-0");
    world.kubelet().restart(DECODER);
    var _ = serving.awaitPods(3);

    assertThat(serving.uids()).isEqualTo(before);
    assertThat(memory(serving, "decode-0").has("failingSince")).isFalse();
    assertThat(memory(serving, "decode-0").path("failures").asInt()).isZero();
  }

  @Test
  void theGraceGoesOnWhereItWasWhenTheControllerIsKilled() throws Exception {
    Duration grace = Duration.ofSeconds(8);
    Serving serving = world.apply(sample(1, "RoleRecreate"));
    grace(serving, grace);
    var _ = serving.awaitPods(3);
    Map<String, String> before = serving.uids();

    world.kubelet().crash(DECODER);
    Instant since = awaitFailing(serving, "decode-0");
    CONTROLLERS.kill();
    Thread.sleep(1_500);
    CONTROLLERS.start();

    var seen = new TreeSet<String>();
    patiently()
        .untilAsserted(() -> {
          JsonNode memory = memory(serving, "decode-0");
          if (memory.has("failingSince")) seen.add(memory.path("failingSince").asText());
          assertThat(memory.has("failedAt")).as("%s", memory).isTrue();
        });
    assertThat(seen).allMatch(text -> Instant.parse(text).equals(since));
    assertThat(Instant.parse(memory(serving, "decode-0").path("failedAt").asText()))
        .isAfterOrEqualTo(since.plus(grace));
    awaitReplaced(serving, before, pod -> pod.name().equals(DECODER));
  }

  @Test
  void aCrashLoopIsSlowedDownAndTheStatusSaysSo() {
    Serving serving = world.apply(sample(1, "RoleRecreate")).awaitPods(3);
    Map<String, String> first = serving.uids();
    world.kubelet().crash(DECODER);
    awaitReplaced(serving, first, pod -> pod.name().equals(DECODER));

    JsonNode memory = crashUntilSlowedDown(serving);
    String last = serving.pod(DECODER).uid();
    int failures = memory.path("failures").asInt();
    assertThat(memory.path("pod").asText()).isEqualTo(DECODER);
    Instant failed = Instant.parse(memory.path("failedAt").asText());
    Instant next = failed.plusSeconds(10L << (failures - 1));
    awaitWords(
        serving,
        "pod " + DECODER + ": container engine ended with exit code 137",
        "kubectl logs --previous",
        failures == 1 ? "1 failure in a row" : failures + " failures in a row",
        "made anew next at " + next);
    assertThat(serving.pod(DECODER).uid()).isEqualTo(last);

    patiently()
        .untilAsserted(() -> {
          assertThat(serving.uids()).doesNotContainValue(last).containsKey(DECODER);
          assertThat(memory(serving, "decode-0").path("failures").asInt()).isEqualTo(failures + 1);
        });
    assertThat(Instant.parse(memory(serving, "decode-0").path("failedAt").asText()))
        .isAfterOrEqualTo(next);
    var _ = serving.awaitPods(3);
    assertThat(serving.hasCondition("Degraded", "False")).isTrue();
  }

  /**
   * Waits until a failure is not answered at once, and returns what the status remembers then. The
   * waits between failures grow, so that one of them is longer than a busy machine takes.
   */
  private JsonNode crashUntilSlowedDown(Serving serving) {
    while (true) {
      Map<String, String> before = serving.uids();
      world.kubelet().crash(DECODER);
      patiently()
          .until(() ->
              memory(serving, "decode-0").has("failingSince") || !serving.uids().equals(before));
      JsonNode memory = memory(serving, "decode-0");
      if (memory.has("failingSince") && serving.uids().equals(before)) return memory;
      awaitReplaced(serving, before, pod -> pod.name().equals(DECODER));
    }
  }

  @Test
  void anImageThatCannotBePulledIsNamed() {
    Serving serving =
        world.apply(ServingManifest.of("sample", 1, PREFILL, DECODE.tagged("missing")));

    awaitWords(
        serving,
        "pod " + DECODER,
        "image engine:missing of container engine cannot be pulled",
        "check its name and the pull secret");
    assertThat(serving.hasCondition("Available", "False")).isTrue();

    var _ = serving.apply(ServingManifest.of("sample", 1, PREFILL, DECODE)).awaitPods(3);
    assertThat(serving.hasCondition("Degraded", "False")).isTrue();
  }

  @Test
  void podsThatNoNodeTakesAreNamedWithWhatNodesLack() {
    world.kubelet().order(_ -> true, new PodOrder.Unschedulable());
    Serving serving = world.apply(sample(1, "RoleRecreate"));

    awaitWords(
        serving,
        "and 2 more: cannot be scheduled: 0/4 nodes are available: 4 Insufficient nvidia.com/gpu");
    Map<String, String> waiting = serving.uids();

    world.kubelet().obeyUsually();
    assertThat(serving.awaitPods(3).uids()).isEqualTo(waiting);
    assertThat(serving.hasCondition("Degraded", "False")).isTrue();
  }

  @Test
  void anEvictedPodIsMadeAnew() {
    Serving serving = world.apply(sample(2, "RoleRecreate")).awaitPods(6);
    Map<String, String> before = serving.uids();

    world.kubelet().fail(DECODER);

    awaitReplaced(serving, before, pod -> pod.name().equals(DECODER));
    assertThat(memory(serving, "decode-0").path("reason").asText())
        .contains("evicted", "low on resource: memory");
  }

  @Test
  void aPodOfALostNodeIsNamedAndMadeAnewOnceTheNodeIsGivenUp() {
    Serving serving = world.apply(sample(1, "RoleRecreate")).awaitPods(3);
    Map<String, String> before = serving.uids();

    world.kubelet().loseNode(world.kubelet().nodeOf(ENTRY));
    awaitWords(serving, "pod " + ENTRY, "its node does not answer");
    assertThat(serving.uids()).isEqualTo(before);

    // The node is tainted, which deletes the pod; then deleted, which ends the wait for its
    // kubelet.
    world.namespace().delete(Namespace.PODS, ENTRY);
    patiently().until(() -> serving.pod(ENTRY).isTerminating());
    world.namespace().deleteByForce(Namespace.PODS, ENTRY);

    awaitReplaced(serving, before, pod -> pod.role().equals("prefill"));
  }
}
