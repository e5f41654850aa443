package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Kthena's own end-to-end test asks of LeaderWorkerSets, under the name of that test. */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class KthenaLeaderWorkerSetTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final String SETS =
      "/apis/leaderworkerset.x-k8s.io/v1/namespaces/%s/leaderworkersets";
  private static final String LABELS = "leaderworkerset.sigs.k8s.io/";

  private final ServingWorld world = ServingWorld.create();

  @AfterEach
  void end() {
    world.close();
  }

  private static String set(String image) {
    return """
    apiVersion: leaderworkerset.x-k8s.io/v1
    kind: LeaderWorkerSet
    metadata: {name: pair}
    spec:
      replicas: 1
      leaderWorkerTemplate:
        size: 2
        workerTemplate:
          metadata: {labels: {app: pair}}
          spec:
            terminationGracePeriodSeconds: 5
            containers:
            - {name: engine, image: "%s", ports: [{containerPort: 8000}]}
    """
        .formatted(image);
  }

  private JsonNode object() {
    return world.namespace().find(SETS, "pair").orElseThrow();
  }

  private Serving awaitPods(int count) {
    Serving serving = new Serving(world.namespace(), "pair");
    patiently().until(() -> world.namespace().find(Namespace.SERVINGS, "pair").isPresent());
    return serving.awaitPods(count);
  }

  private void awaitStatus(int replicas) {
    patiently()
        .untilAsserted(() -> {
          assertThat(object().at("/status/replicas").asInt()).isEqualTo(replicas);
          assertThat(object().at("/status/readyReplicas").asInt()).isEqualTo(replicas);
        });
  }

  @Test
  void lwsApiBasic() {
    world.namespace().apply(set("engine:1"));
    Serving serving = awaitPods(2);

    JsonNode owner = serving.object().at("/metadata/ownerReferences/0");
    assertThat(owner.path("kind").asText()).isEqualTo("LeaderWorkerSet");
    assertThat(owner.path("uid")).isEqualTo(object().at("/metadata/uid"));
    assertThat(owner.path("controller").asBoolean()).isTrue();
    assertThat(serving.uids()).containsOnlyKeys("pair-0-default-0-0", "pair-0-default-0-1");
    for (int index = 0; index < 2; index++) {
      JsonNode labels = serving.pod("pair-0-default-0-" + index).pod().at("/metadata/labels");
      assertThat(labels.path("app").asText()).isEqualTo("pair");
      assertThat(labels.path(LABELS + "name").asText()).isEqualTo("pair");
      assertThat(labels.path(LABELS + "group-index").asText()).isEqualTo("0");
      assertThat(labels.path(LABELS + "worker-index").asInt()).isEqualTo(index);
      assertThat(labels.path(LABELS + "group-key").asText()).hasSize(40);
    }
    awaitStatus(1);

    world.namespace().delete(SETS, "pair");
    patiently()
        .untilAsserted(() -> {
          assertThat(world.namespace().find(Namespace.SERVINGS, "pair")).isEmpty();
          assertThat(serving.pods()).isEmpty();
        });
  }

  @Test
  void aLeaderWorkerSetIsScaledAndUpdatedThroughItsModelServing() {
    world.namespace().apply(set("engine:1"));
    var _ = awaitPods(2);

    var _ = world.namespace().patch(SETS, "pair/scale", "{\"spec\": {\"replicas\": 2}}");
    Serving serving = new Serving(world.namespace(), "pair");
    patiently().untilAsserted(() -> assertThat(serving.pods()).hasSize(4));
    var _ = serving.awaitPods(4);
    awaitStatus(2);

    var _ = world.namespace().patch(SETS, "pair", "{\"spec\": {\"replicas\": 1}}");
    world.namespace().apply(set("engine:2"));
    patiently()
        .untilAsserted(() ->
            assertThat(serving.pods())
                .hasSize(2)
                .allMatch(pod -> pod.image().equals("engine:2") && pod.isReady()));
    awaitStatus(1);
  }

  @Test
  void aModelServingOfTheSameNameThatIsNotItsOwnIsLeftAlone() {
    var kept = world.apply(ServingManifest.of("pair", 1, ServingManifest.Role.of("decode", 1, -1)));
    var _ = kept.awaitPods(1);

    world.namespace().apply(set("engine:1"));

    patiently()
        .untilAsserted(() ->
            assertThat(kept.events())
                .anyMatch(
                    event -> event.startsWith("Occupied") && event.contains("Delete or rename")));
    assertThat(kept.pods()).singleElement().matches(pod -> pod.role().equals("decode"));
  }
}
