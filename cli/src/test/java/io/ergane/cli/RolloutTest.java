package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
    rollout = new Rollout(told::add, SHORT);
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
    Rollout fresh = new Rollout(_ -> {}, SHORT);
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
    rollout.accept(compilation(8000, "a"));

    assertThat(told).hasSize(1);
    assertThat(rollout.told().image()).isEqualTo(compilation(8000, "a").image());
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
    rollout.accept(compilation(8000, "a", "b"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.accept(compilation(9000, "a", "b"));

    awaitTold(compilation(9000, "a", "b"));
    awaitPublished(compilation(9000, "a", "b"));
  }

  @Test
  void whatNodesRejectIsAmongTheDiagnosticsUntilItIsMended() {
    Diagnostic own = new Diagnostic(Severity.INFO, "own", "ModelRoute default/a", "", "own");
    Diagnostic theirs = new Diagnostic(Severity.ERROR, "rejected-by-node", "x", "", "theirs");
    Compilation plain = compilation(8000, "a");
    rollout.accept(
        new Compilation(plain.image(), plain.endpoints(), List.of(own), plain.inForce()));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.rejections(List.of(theirs));
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().equals(List.of(theirs, own)));

    rollout.rejections(List.of());
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().equals(List.of(own)));
    assertThat(told).allSatisfy(each -> assertThat(each.image()).isEqualTo(plain.image()));
  }

  /** A rule that no configuration with a pool of this name keeps. */
  private static LintGate refusing(String pool) {
    Diagnostic breach = new Diagnostic(Severity.ERROR, "envoy-rule", "Envoy x", "", pool);
    return new LintGate(resources ->
        resources.ofType(TypeUrl.CLUSTER).containsKey("pool/default/" + pool)
            ? List.of(breach)
            : List.of());
  }

  private void refuse(String pool) {
    rollout.close();
    rollout = new Rollout(told::add, SHORT, refusing(pool));
  }

  @Test
  void whatTheRulesRefuseIsNotPublishedAndIsADiagnosticUntilItIsMended() throws IOException {
    refuse("bad");
    rollout.accept(compilation(8000, "a"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    rollout.accept(compilation(9000, "a", "bad"));

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);
    assertThat(rollout.told().diagnostics().getFirst().code()).isEqualTo("envoy-rule");
    assertThat(rollout.told().image()).isEqualTo(compilation(8000, "a").image());
    // Endpoints go on.
    awaitPublished(compilation(9000, "a"));

    rollout.accept(compilation(9000, "a", "b"));

    awaitTold(compilation(9000, "a", "b"));
    assertThat(rollout.told().diagnostics()).isEmpty();
    awaitPublished(compilation(9000, "a", "b"));
  }

  @Test
  void aRefusedChangeThatIsTakenBackLeavesNoDiagnostic() {
    refuse("bad");
    rollout.accept(compilation(8000, "a"));
    rollout.serve(server, EnvoySettings.DEFAULT);
    rollout.accept(compilation(8000, "a", "bad"));
    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);

    rollout.accept(compilation(8000, "a"));

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().isEmpty());
  }

  @Test
  void whereTheFirstConfigurationIsRefusedNodesKeepWhatTheyRun() throws IOException {
    refuse("bad");
    rollout.accept(compilation(8000, "bad"));
    rollout.serve(server, EnvoySettings.DEFAULT);

    await().atMost(PATIENCE).until(() -> rollout.told().diagnostics().size() == 1);
    rollout.accept(compilation(9000, "bad"));
    awaitTold(compilation(9000, "bad"));
    assertThat(server.status().publishedAt()).as("nothing is published").isNull();

    rollout.accept(compilation(9000, "a"));
    awaitTold(compilation(9000, "a"));
    awaitPublished(compilation(9000, "a"));
  }

  private static Compilation random(Random random) {
    List<String> names = new ArrayList<>(List.of("a", "b", "c", "d"));
    Collections.shuffle(names, random);
    List<String> some = names.subList(0, random.nextInt(names.size() + 1));
    return compilation(8000 + random.nextInt(3), some.toArray(String[]::new));
  }

  /** A pool and a route of each name. */
  private static Compilation compilation(int port, String... names) {
    List<Route> routes = new ArrayList<>();
    List<Pool> pools = new ArrayList<>();
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    for (String text : names) {
      ObjectName name = new ObjectName("default", text);
      WeightedTarget target = new WeightedTarget(new Target.Server(name), 1);
      Rule rule = new Rule("", new TreeMap<>(), null, null, List.of(target));
      routes.add(new Route(name, text, List.of(), false, List.of(rule), null));
      pools.add(
          new Pool(
              name,
              null,
              InferenceEngine.VLLM,
              new TreeMap<>(Map.of("app", text)),
              8000,
              false,
              TrafficPolicy.DEFAULT,
              null));
      Endpoint endpoint =
          new Endpoint(new ObjectName("default", text + "-0"), "10.0.0.1", port, false);
      tables.put(name, new EndpointTable(name, List.of(endpoint)));
    }
    RoutingImage image =
        new RoutingImage(routes, pools, new TreeSet<>(), SchedulingProfile.DEFAULT);
    return new Compilation(image, tables, List.of(), Map.of());
  }
}
