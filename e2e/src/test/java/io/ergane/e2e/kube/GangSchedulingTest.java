package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static io.ergane.e2e.kube.VolcanoKind.POD_GROUPS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.kube.Serving.Member;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * ServingGroups that Volcano schedules as gangs, on an API server that gets, changes and loses
 * Volcano's PodGroups while the control plane runs.
 */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class GangSchedulingTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final int GROUP_SIZE = 11;
  private static final Pattern WRITES =
      Pattern.compile("apiserver_request_total\\{[^}]*resource=\"podgroups\"[^}]*\\} (\\d+)");

  private final ServingWorld world = ServingWorld.create();

  @AfterEach
  void end() {
    world.close();
    VolcanoKind.remove();
  }

  /** Waits until the control plane, which was there before, knows of Volcano. */
  private static void awaitKnown(boolean subGroups) {
    Namespace elsewhere = Namespace.create("probe");
    elsewhere.apply(manifest("probe", "", 1, topology("")));
    patiently()
        .ignoreExceptions()
        .untilAsserted(() -> {
          assertThat(elsewhere.names(POD_GROUPS)).containsExactly("probe-0");
          assertThat(elsewhere.list(POD_GROUPS).getFirst().path("spec").has("subGroupPolicy"))
              .isEqualTo(subGroups);
        });
    elsewhere.delete(Namespace.SERVINGS, "probe");
  }

  /** Role p with 3 replicas of 1 + 2 pods, of which one must run, and role d with 2 of 1. */
  private static String manifest(String name, String annotations, int replicas, String topology) {
    return """
    apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    metadata:
      name: %s
      annotations: {%s}
    spec:
      replicas: %d
      schedulerName: volcano
      template:
        gangPolicy: {minRoleReplicas: {p: 1}}
        networkTopology: {%s}
        roles:
        - name: p
          replicas: 3
          workerReplicas: 2
          entryTemplate: %s
          workerTemplate: %s
        - name: d
          replicas: 2
          workerReplicas: 0
          entryTemplate: %s
    """
        .formatted(
            name,
            annotations,
            replicas,
            topology,
            pod("{cpu: \"1\", memory: 2Gi}"),
            pod("{cpu: 500m, memory: 1Gi, nvidia.com/gpu: \"1\"}"),
            pod("{cpu: 250m}"));
  }

  private static String pod(String requests) {
    return "{spec: {containers: [{name: engine, image: \"engine:1\", resources: {requests: %s%s}}]}}"
        .formatted(requests, requests.contains("gpu") ? ", limits: {nvidia.com/gpu: \"1\"}" : "");
  }

  private static String topology(String more) {
    return "groupPolicy: {mode: hard, highestTierAllowed: 2}" + more;
  }

  private Serving apply(String name, String annotations, int replicas, String topology) {
    world.namespace().apply(manifest(name, annotations, replicas, topology));
    return new Serving(world.namespace(), name);
  }

  private JsonNode group(String name) {
    return world.namespace().find(POD_GROUPS, name).orElseThrow();
  }

  private void awaitGroups(String... names) {
    patiently()
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(world.namespace().names(POD_GROUPS)).containsExactly(names));
  }

  @Test
  void everyServingGroupGetsAPodGroupThatSaysHowItIsToBePlaced() {
    VolcanoKind.install();
    awaitKnown(true);
    Serving serving =
        apply(
                "gang",
                "scheduling.volcano.sh/queue-name: research",
                2,
                topology(", rolePolicy: {mode: soft, highestTierAllowed: 1}"))
            .awaitPods(2 * GROUP_SIZE);

    assertThat(world.namespace().names(POD_GROUPS)).containsExactly("gang-0", "gang-1");
    JsonNode spec = group("gang-0").path("spec");
    assertThat(spec.path("minMember").asInt()).isEqualTo(1 * 3 + 2 * 1);
    assertThat(spec.at("/minResources/cpu").asText()).isEqualTo("2500m");
    assertThat(spec.at("/minResources/memory").asText()).isEqualTo("4Gi");
    assertThat(spec.at("/minResources/nvidia.com~1gpu").asText()).isEqualTo("2");
    assertThat(spec.path("queue").asText()).isEqualTo("research");
    assertThat(spec.path("networkTopology"))
        .hasToString("{\"highestTierAllowed\":2,\"mode\":\"hard\"}");
    assertSubGroup(spec.path("subGroupPolicy").path(0), "p", 3, 1);
    assertSubGroup(spec.path("subGroupPolicy").path(1), "d", 1, 2);
    assertThat(spec.path("subGroupPolicy")).hasSize(2);
    assertMetadata(serving, group("gang-1").path("metadata"));
    assertThat(serving.pods()).allSatisfy(GangSchedulingTest::assertNamesItsGroup);
  }

  private static void assertSubGroup(JsonNode policy, String role, int size, int least) {
    assertThat(policy.path("name").asText()).isEqualTo(role);
    assertThat(policy.at("/labelSelector/matchLabels"))
        .hasToString(
            "{\"modelserving.volcano.sh/name\":\"gang\",\"modelserving.volcano.sh/role\":\"%s\"}"
                .formatted(role));
    assertThat(policy.path("matchLabelKeys")).hasToString("[\"modelserving.volcano.sh/role-id\"]");
    assertThat(policy.path("subGroupSize").asInt()).isEqualTo(size);
    assertThat(policy.path("minSubGroups").asInt()).isEqualTo(least);
    assertThat(policy.path("networkTopology"))
        .hasToString("{\"highestTierAllowed\":1,\"mode\":\"soft\"}");
  }

  private static void assertMetadata(Serving serving, JsonNode metadata) {
    assertThat(metadata.path("labels"))
        .hasToString(
            "{\"modelserving.volcano.sh/group-name\":\"gang-1\","
                + "\"modelserving.volcano.sh/name\":\"gang\"}");
    assertThat(metadata.path("annotations"))
        .hasToString("{\"scheduling.k8s.io/group-name\":\"gang-1\"}");
    JsonNode owner = metadata.path("ownerReferences").path(0);
    assertThat(owner.path("kind").asText()).isEqualTo("ModelServing");
    assertThat(owner.path("uid")).isEqualTo(serving.object().at("/metadata/uid"));
    assertThat(owner.path("controller").asBoolean()).isTrue();
    assertThat(owner.path("blockOwnerDeletion").asBoolean(false)).isFalse();
  }

  private static void assertNamesItsGroup(Member pod) {
    JsonNode annotations = pod.pod().at("/metadata/annotations");
    assertThat(annotations.path("scheduling.k8s.io/group-name").asText()).isEqualTo(pod.group());
    assertThat(annotations.path("volcano.sh/task-spec").asText()).isEqualTo(pod.roleId());
    assertThat(pod.pod().at("/spec/schedulerName").asText()).isEqualTo("volcano");
  }

  @Test
  void podGroupsFollowTheModelServing() {
    VolcanoKind.install();
    Serving serving = apply("gang", "", 2, topology("")).awaitPods(2 * GROUP_SIZE);
    awaitGroups("gang-0", "gang-1");
    assertThat(group("gang-0").at("/spec/queue").asText()).isEqualTo("default");

    serving.patch(
        """
        {"metadata": {"annotations": {"scheduling.volcano.sh/queue-name": "serving"}}}\
        """);
    patiently()
        .untilAsserted(() ->
            assertThat(List.of(group("gang-0"), group("gang-1")))
                .allMatch(each -> each.at("/spec/queue").asText().equals("serving")));

    String uid = group("gang-0").at("/metadata/uid").asText();
    world.namespace().delete(POD_GROUPS, "gang-0");
    patiently()
        .untilAsserted(() ->
            assertThat(world.namespace().find(POD_GROUPS, "gang-0"))
                .get()
                .matches(again -> !again.at("/metadata/uid").asText().equals(uid)));

    var pods = serving.uids();
    serving.scale(1);
    serving.awaitPods(GROUP_SIZE);
    awaitGroups("gang-0");
    assertThat(pods).containsAllEntriesOf(serving.uids());

    serving.patch("{\"spec\": {\"template\": {\"networkTopology\": null}}}");
    patiently()
        .untilAsserted(
            () -> assertThat(group("gang-0").path("spec").has("networkTopology")).isFalse());
  }

  @Test
  void volcanoMayComeAndGoWhilePodsServe() {
    Serving serving = apply("gang", "", 1, topology("")).awaitPods(GROUP_SIZE);
    assertThat(serving.pods())
        .noneMatch(pod -> pod.pod().at("/metadata/annotations").has("volcano.sh/task-spec"));
    var pods = serving.uids();

    VolcanoKind.install();
    awaitGroups("gang-0");
    assertThat(serving.uids()).isEqualTo(pods);

    VolcanoKind.remove();
    serving.scale(2);
    serving.awaitPods(2 * GROUP_SIZE);
    assertThat(serving.uids()).containsAllEntriesOf(pods);
  }

  @Test
  void anOlderVolcanoGetsWhatItKnowsAndIsNotWrittenToAgainAndAgain() throws Exception {
    VolcanoKind.installOlder();
    awaitKnown(false);
    var _ =
        apply("gang", "", 1, "groupPolicy: {mode: hard, highestTierName: rack}")
            .awaitPods(GROUP_SIZE);
    awaitGroups("gang-0");
    JsonNode spec = group("gang-0").path("spec");
    assertThat(spec.path("minMember").asInt()).isEqualTo(5);
    assertThat(spec.has("subGroupPolicy")).isFalse();
    assertThat(spec.path("networkTopology")).hasToString("{\"mode\":\"hard\"}");

    patiently()
        .untilAsserted(() -> {
          long before = updates();
          Thread.sleep(3_000);
          assertThat(updates() - before).as("updates in three seconds").isLessThanOrEqualTo(2);
        });
  }

  /** Of PodGroups, by anybody. */
  private long updates() {
    return WRITES
        .matcher(world.namespace().server().get("/metrics"))
        .results()
        .filter(each -> each.group().contains("verb=\"PUT\""))
        .mapToLong(each -> Long.parseLong(each.group(1)))
        .sum();
  }
}
