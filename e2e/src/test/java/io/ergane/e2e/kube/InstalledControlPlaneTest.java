package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/} installs, with a local process as its control plane. */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class InstalledControlPlaneTest {
  private static final Role DECODE = Role.of("decode", 2, 1);

  /** Above the time after which an Event that is published again is written again. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Rights that nothing here needs, each for a reason. */
  private static final List<Right> UNSEEN =
      List.of(
          // Of which a watch does not tell in time.
          new Right("get", "", "pods", ""),
          new Right("get", "", "services", ""),
          new Right("get", "apps", "controllerrevisions", ""),
          new Right("get", "leaderworkerset.x-k8s.io", "leaderworkersets", ""),
          // No requests: who creates an object that holds up its owner's deletion must have them.
          new Right("update", "leaderworkerset.x-k8s.io", "leaderworkersets/finalizers", ""),
          new Right("update", "workload.serving.volcano.sh", "modelservings/finalizers", ""),
          // After two thirds of the certificate's life.
          new Right("update", "", "secrets", "ergane-webhook-certs"));

  @TempDir Path folder;

  private final ServingWorld world = ServingWorld.create();
  private final Namespace namespace = world.namespace();

  private @Nullable InstalledControlPlane installed;

  @BeforeEach
  void start() throws Exception {
    VolcanoKind.install();
    installed = InstalledControlPlane.start(folder, namespace);
  }

  @AfterEach
  void end() {
    if (installed != null) installed.close();
    world.close();
    VolcanoKind.remove();
  }

  @Test
  void aBadRouteIsRefusedWithEveryFindingOnALineOfItsOwn() {
    assertThat(
            namespace.tryOut(
                """
                apiVersion: networking.serving.volcano.sh/v1alpha1
                kind: ModelRoute
                metadata: {name: bad}
                spec: {loraAdapters: [a, ''], rules: [{targetModels: [{modelServerName: s, weight: 0}]}]}
                """))
        .contains(
            "denied the request: validation failed:",
            "\n  - spec.loraAdapters[1]: lora adapter name cannot be an empty string",
            "\n  - spec.rules[0].targetModels: total weight must be greater than");
  }

  @Test
  void itUsesEveryRightThatItHasAndAsksForNoOther() {
    routesAndPolicies();
    gangs();
    leaderWorkerSets();

    patiently()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Right.unused(Access.all())).isSubsetOf(UNSEEN));
    assertThat(Access.refused()).isEmpty();
  }

  private void routesAndPolicies() {
    namespace.apply(RunningGateway.routing("app: none"));
    namespace.apply(
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ExternalModelProvider
        metadata: {name: elsewhere}
        spec:
          providerType: OpenAI
          baseURL: https://models.example.com/v1
          model: gpt
          auth: {scheme: Bearer, secretRef: {name: key, key: token}}
        """);
    assertThat(
            namespace.tryOut(
                """
                apiVersion: workload.serving.volcano.sh/v1alpha1
                kind: AutoscalingPolicyBinding
                metadata: {name: binding}
                spec:
                  policyRef: {name: absent}
                  homogeneousTarget:
                    target: {targetRef: {name: chat}}
                    minReplicas: 1
                    maxReplicas: 2
                """))
        .contains("does not exist");
  }

  /** A gang of pods with workers is made, changed, replaced and made smaller. */
  private void gangs() {
    ServingManifest gang =
        ServingManifest.of("gang", 2, DECODE).with("schedulerName: volcano").rolling("");
    Serving serving = world.apply(gang).awaitPods(8);
    patiently().until(() -> namespace.names(VolcanoKind.POD_GROUPS).size() == 2);

    serving.apply(gang.changed(DECODE.scaled(3))).awaitPods(12);
    serving.apply(gang.changed(DECODE.scaled(3)).tagged("2")).awaitUpdated();
    serving.scale(1);
    serving.awaitPods(6);
  }

  /** One is made and changed; of another one the name is taken. */
  private void leaderWorkerSets() {
    world.apply(ServingManifest.of("taken", 1, Role.of("decode", 1, -1))).awaitPods(1);
    namespace.apply(set("taken", 1));
    namespace.apply(set("pair", 1));
    Serving pair = new Serving(namespace, "pair");
    patiently().until(() -> namespace.find(Namespace.SERVINGS, "pair").isPresent());
    pair.awaitPods(2);
    namespace.apply(set("pair", 2));
    patiently().until(() -> pair.pods().size() == 4);
    pair.awaitPods(4);
  }

  private static String set(String name, int replicas) {
    return """
    apiVersion: leaderworkerset.x-k8s.io/v1
    kind: LeaderWorkerSet
    metadata: {name: %s}
    spec:
      replicas: %d
      leaderWorkerTemplate:
        size: 2
        workerTemplate:
          spec: {containers: [{name: engine, image: "engine:1"}]}
    """
        .formatted(name, replicas);
  }
}
