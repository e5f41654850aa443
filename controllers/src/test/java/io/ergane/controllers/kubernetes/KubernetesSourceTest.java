package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.ObjectName;
import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.EndpointTable;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsPart(Part.API_SERVER)
final class KubernetesSourceTest {
  private TestCluster test;
  private KubernetesSource source;
  private ControlPlane plane;

  @BeforeEach
  void open() {
    test = new TestCluster();
    source = new KubernetesSource(test.cluster);
    plane = new ControlPlane(List.of(source), Timing.DEFAULT);
  }

  @AfterEach
  void close() {
    plane.close();
    source.close();
    test.cluster.close();
  }

  private List<String> endpoints(String server) {
    EndpointTable table = plane.current().endpoints().get(new ObjectName(test.namespace, server));
    return table == null
        ? List.of()
        : table.rows().stream().map(row -> row.pod().name() + "@" + row.authority()).toList();
  }

  private static void soon(Runnable assertion) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion::run);
  }

  @Test
  void whatTheClusterHoldsAtTheStartIsInTheFirstImage() {
    test.server("qwen", "qwen");
    test.route("chat", "chat", "qwen");
    test.readyPod("engine-0", "qwen", "127.0.0.7");
    plane.start();
    assertThat(plane.current().image().modelNames()).containsExactly("chat");
    assertThat(endpoints("qwen")).containsExactly("engine-0@127.0.0.7:8000");
  }

  @Test
  void changesOfObjectsAndPodsAreFollowed() {
    plane.start();
    test.route("chat", "chat", "qwen");
    test.server("qwen", "qwen");
    test.readyPod("engine-0", "qwen", "127.0.0.7");
    soon(() -> assertThat(endpoints("qwen")).containsExactly("engine-0@127.0.0.7:8000"));
    test.server("llama", "llama");
    test.readyPod("engine-1", "llama", "127.0.0.8");
    soon(() -> assertThat(endpoints("llama")).containsExactly("engine-1@127.0.0.8:8000"));
    test.status(
        Kind.POD,
        "engine-1",
        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"False\"}]}}");
    soon(() -> assertThat(endpoints("llama")).isEmpty());
    test.merge(
        Kind.POD,
        "engine-0",
        "{\"metadata\": {\"annotations\": {\"ergane.io/draining\": \"2026-01-01T00:00:00Z\"}}}");
    soon(() -> assertThat(endpoints("qwen")).isEmpty());
    test.delete(Kind.MODEL_ROUTE, "chat");
    soon(() -> assertThat(plane.current().image().modelNames()).isEmpty());
  }

  @Test
  void moreObjectsThanAPageAreAllSeen() {
    for (int i = 0; i < 7; i++) {
      test.route("route-" + i, "model-" + i, "qwen");
    }
    try (Cluster small = Cluster.open(test.cluster.settings().withPage(3));
        KubernetesSource paged = new KubernetesSource(small);
        ControlPlane other = new ControlPlane(List.of(paged), Timing.DEFAULT)) {
      other.start();
      assertThat(other.current().image().modelNames()).hasSize(7);
    }
  }

  @Test
  void podsThatNoServerCanSelectAreNotKept() {
    test.server("qwen", "qwen");
    test.readyPod("engine-0", "qwen", "127.0.0.7");
    test.readyPod("database", "postgres", "127.0.0.8");
    plane.start();
    assertThat(source.read().sightings())
        .extracting(sighting -> sighting.name().name())
        .containsExactlyInAnyOrder("qwen", "engine-0");
  }

  @Test
  void statusesThatMakeNoDifferenceDoNotChangeWhatIsRead() {
    test.server("qwen", "qwen");
    test.readyPod("engine-0", "qwen", "127.0.0.7");
    plane.start();
    var before = source.read().sightings();
    test.status(
        Kind.POD,
        "engine-0",
        "{\"status\": {\"message\": \"still here\", \"hostIP\": \"10.1.1.1\"}}");
    test.readyPod("engine-1", "qwen", "127.0.0.9");
    soon(() -> assertThat(source.read().sightings()).hasSize(3));
    assertThat(source.read().sightings()).containsAll(before);
  }

  @Test
  void aKindThatTheClusterDoesNotKnowIsNoticedWhenItAppears() {
    Kind unknown = new Kind("later.example.com/v1", "Later", "laters");
    try (Cluster own = test.open(TestCluster.SERVER.adminToken());
        Cache<String> cache =
            own.cache(
                unknown,
                new Selection(test.namespace, ""),
                Extract.ofAll(tree -> String.valueOf(tree.get("kind"))),
                (_, _, _) -> {})) {
      soon(() -> assertThat(cache.state()).isEqualTo(Cache.State.NO_SUCH_KIND));
      var _ =
          TestCluster.SERVER.kubectlWith(
              """
              apiVersion: apiextensions.k8s.io/v1
              kind: CustomResourceDefinition
              metadata: {name: laters.later.example.com}
              spec:
                group: later.example.com
                names: {kind: Later, plural: laters, singular: later, listKind: LaterList}
                scope: Namespaced
                versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {openAPIV3Schema: {type: object}}
              """,
              "apply",
              "-f",
              "-");
      soon(() -> assertThat(cache.state()).isEqualTo(Cache.State.SYNCED));
    }
  }

  @Test
  void anAccountThatMayNotLookIsToldWhatItLacks() throws InterruptedException {
    String token = TestCluster.SERVER.serviceAccountToken(test.namespace, "nobody");
    try (Cluster nobody = test.open(token);
        KubernetesSource blind = new KubernetesSource(nobody)) {
      Thread starting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  blind.start(() -> {});
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      soon(() ->
          assertThat(blind.read().diagnostics())
              .extracting(Diagnostic::code)
              .contains("kind-forbidden"));
      assertThat(starting.isAlive()).isTrue();
    }
  }
}
