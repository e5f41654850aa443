package io.ergane.xds.rollout;

import static io.ergane.xds.rollout.Compilations.refusing;
import static io.ergane.xds.server.FakeEnvoy.ack;
import static io.ergane.xds.server.FakeEnvoy.asks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.EndpointTable;
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.FakeEnvoy;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import io.ergane.xds.translate.lint.EnvoyLint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order in which a change reaches those who decide and those who carry it out. */
class RolloutTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Rollout.Waits SHORT =
      new Rollout.Waits(Duration.ofMillis(50), Duration.ofMillis(1));

  private final List<Compilation> told = Collections.synchronizedList(new ArrayList<>());
  private XdsServer server;
  private Rollout rollout;

  @BeforeEach
  void start() throws IOException {
    server = server();
    rollout = new Rollout(told::add, SHORT, EnvoyLint::diagnose);
  }

  @AfterEach
  void stop() {
    rollout.close();
    server.close();
  }

  private static XdsServer server() throws IOException {
    return XdsServer.start(
        XdsSettings.DEFAULT.at("127.0.0.1", 0), NodeCheck.ANY, new SimpleMeterRegistry());
  }

  /** What is published when a compilation is all that ever was. */
  private static SortedMap<String, String> alone(Compilation compilation) throws IOException {
    Rollout fresh = new Rollout(_ -> {}, SHORT, EnvoyLint::diagnose);
    fresh.accept(compilation);
    try (XdsServer other = server();
        fresh) {
      fresh.serve(other, EnvoySettings.DEFAULT);
      return other.status().published();
    }
  }

  private void awaitTold(Compilation compilation) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            rollout.told().image().equals(compilation.image())
                && rollout.told().endpoints().equals(compilation.endpoints()));
  }

  private void awaitPublished(Compilation compilation) throws IOException {
    SortedMap<String, String> expected = alone(compilation);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(server.status().published()).isEqualTo(expected));
  }

  @Test
  void beforeThereIsAServerACompilationIsDecidedByAtOnce() {
    rollout.accept(Compilations.of(8000, "a"));

    assertThat(told).hasSize(1);
    assertThat(rollout.told().image()).isEqualTo(Compilations.of(8000, "a").image());
  }

  @Test
  void whateverWentBeforeTheNewestIsWhatIsPublishedInTheEnd() throws IOException {
    Random random = new Random(7);
    rollout.accept(random(random));
    rollout.serve(server, EnvoySettings.DEFAULT);
    for (int i = 0; i < 30; i++) {
      Compilation last = random(random);
      rollout.accept(last);
      if (i % 5 == 4) {
        awaitTold(last);
        awaitPublished(last);
      }
    }
  }

  @Test
  void endpointsAloneGoTheShortWayAndEndTheSame() throws IOException {
    rollout.accept(Compilations.of(8000, "a", "b"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.accept(Compilations.of(9000, "a", "b"));

    awaitTold(Compilations.of(9000, "a", "b"));
    awaitPublished(Compilations.of(9000, "a", "b"));
  }

  @Test
  void whatNodesRejectIsAmongTheDiagnosticsUntilItIsMended() {
    Diagnostic own = new Diagnostic(Severity.INFO, "own", "ModelRoute default/a", "", "own");
    Diagnostic theirs = new Diagnostic(Severity.ERROR, "rejected-by-node", "x", "", "theirs");
    Compilation plain = Compilations.of(8000, "a");
    rollout.accept(
        new Compilation(plain.image(), plain.endpoints(), List.of(own), plain.inForce()));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.reject(List.of(theirs));
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().equals(List.of(theirs, own)));

    rollout.reject(List.of());
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().equals(List.of(own)));
    assertThat(told).allSatisfy(each -> assertThat(each.image()).isEqualTo(plain.image()));
  }

  @Test
  void anEngineThatIsGoneLeavesOthersWhileAMuteEnvoyIsAwaited() throws Exception {
    rollout.close();
    Rollout.Waits endless = new Rollout.Waits(Duration.ofHours(1), Duration.ZERO);
    rollout = new Rollout(told::add, endless, EnvoyLint::diagnose);
    EndpointTable both = Compilations.table("a", 8000, 8001);
    EndpointTable left = Compilations.table("a", 8001);
    rollout.accept(Compilations.with(Compilations.of(8000, "a"), both));
    rollout.serve(server, EnvoySettings.DEFAULT);
    try (FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> mute =
            FakeEnvoy.delta(server.port());
        FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy =
            FakeEnvoy.delta(server.port());
        FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> decider =
            FakeEnvoy.delta(server.port())) {
      mute.send(asks("mute", TypeUrl.CLUSTER).build());
      mute.next();
      envoy.send(asks("envoy", TypeUrl.ENDPOINT, "pool/default/a", "pool/default/b").build());
      awaitSent(envoy, EnvoyTranslation.endpoints(both));
      Node proxy = Node.newBuilder().setId("proxy").setUserAgentName("ergane-proxy").build();
      decider.send(asks("proxy", ImageTypes.ENDPOINTS).setNode(proxy).build());
      awaitSent(decider, ImageCodec.encode(both));

      Compilation wider = Compilations.of(8000, "a", "b");
      rollout.accept(Compilations.with(wider, both));
      awaitSent(envoy, EnvoyTranslation.endpoints(Compilations.table("b", 8000)));
      rollout.accept(Compilations.with(wider, left));

      awaitSent(envoy, EnvoyTranslation.endpoints(left));
      awaitSent(decider, ImageCodec.encode(left));
      await().atMost(PATIENCE).until(() -> rollout.told().endpoints().containsValue(left));
      assertThat(rollout.told().image()).isEqualTo(Compilations.of(8000, "a").image());
    }
  }

  /** Reads and acknowledges until the resource comes. */
  private static void awaitSent(
      FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> node, Resource expected)
      throws InterruptedException {
    DeltaDiscoveryResponse response;
    do {
      response = node.next();
      node.send(ack(response));
    } while (response.getResourcesList().stream()
        .noneMatch(each ->
            each.getName().equals(expected.name())
                && each.getVersion().equals(expected.version())));
  }

  private void refuse(String pool) {
    rollout.close();
    rollout = new Rollout(told::add, SHORT, refusing(pool));
  }

  @Test
  void whatTheRulesRefuseIsNotPublishedAndIsADiagnosticUntilItIsMended() throws IOException {
    refuse("bad");
    rollout.accept(Compilations.of(8000, "a"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.accept(Compilations.of(9000, "a", "bad"));

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);
    assertThat(rollout.told().diagnostics().getFirst().code()).isEqualTo("envoy-rule");
    assertThat(rollout.told().image()).isEqualTo(Compilations.of(8000, "a").image());
    // Endpoints go on.
    awaitPublished(Compilations.of(9000, "a"));

    rollout.accept(Compilations.of(9000, "a", "b"));

    awaitTold(Compilations.of(9000, "a", "b"));
    assertThat(rollout.told().diagnostics()).isEmpty();
    awaitPublished(Compilations.of(9000, "a", "b"));
  }

  @Test
  void aRefusedChangeThatIsTakenBackLeavesNoDiagnostic() {
    refuse("bad");
    rollout.accept(Compilations.of(8000, "a"));
    rollout.serve(server, EnvoySettings.DEFAULT);
    rollout.accept(Compilations.of(8000, "a", "bad"));
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);

    rollout.accept(Compilations.of(8000, "a"));

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().isEmpty());
  }

  @Test
  void whereTheFirstConfigurationIsRefusedNodesKeepWhatTheyRun() throws IOException {
    refuse("bad");
    rollout.accept(Compilations.of(8000, "bad"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);
    rollout.accept(Compilations.of(9000, "bad"));
    awaitTold(Compilations.of(9000, "bad"));
    assertThat(server.status().publishedAt()).as("nothing is published").isNull();

    rollout.accept(Compilations.of(9000, "a"));
    awaitTold(Compilations.of(9000, "a"));
    awaitPublished(Compilations.of(9000, "a"));
  }

  private static Compilation random(Random random) {
    List<String> names = new ArrayList<>(List.of("a", "b", "c", "d"));
    Collections.shuffle(names, random);
    List<String> some = names.subList(0, random.nextInt(names.size() + 1));
    return Compilations.of(8000 + random.nextInt(3), some.toArray(String[]::new));
  }
}
