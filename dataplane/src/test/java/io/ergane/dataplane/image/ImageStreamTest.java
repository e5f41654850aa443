package io.ergane.dataplane.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
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
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.Resource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The image stream against a control plane that is told what to say. */
class ImageStreamTest {
  private static final ObjectName QWEN = new ObjectName("default", "qwen");
  private static final ImageNode NODE = new ImageNode("node-1", "ergane-test", "1");
  private static final ImageStreamSettings QUICK =
      ImageStreamSettings.DEFAULT.withPauses(Duration.ofMillis(20), Duration.ofMillis(50));
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final BlockingQueue<Compilation> applied = new LinkedBlockingQueue<>();
  private ScriptedControlPlane server;
  private @Nullable ImageStream stream;

  @BeforeEach
  void serve() throws IOException {
    server = new ScriptedControlPlane(0);
  }

  @AfterEach
  void stop() {
    if (stream != null) {
      stream.close();
    }
    server.close();
  }

  private ImageStream start() throws IOException {
    return start(applied::add);
  }

  private ImageStream start(Consumer<Compilation> sink) throws IOException {
    ControlPlaneAddress address = new ControlPlaneAddress("127.0.0.1", server.port(), null);
    ImageStream started = ImageStream.start(address, NODE, QUICK, sink, InstantSource.system(), 1);
    stream = started;
    return started;
  }

  private Compilation next() throws InterruptedException {
    Compilation compilation = applied.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (compilation == null) {
      throw new AssertionError("no image was put into force");
    }
    return compilation;
  }

  @Test
  void allTypesAreSubscribedToAndAWholeImageIsAcceptedAndPutIntoForce() throws Exception {
    ImageStream client = start();
    ScriptedControlPlane.Stream side = server.stream();
    Map<String, DeltaDiscoveryRequest> subscriptions = side.subscriptions();
    assertThat(subscriptions).containsOnlyKeys(ImageTypes.ALL);
    assertThat(subscriptions.values())
        .allSatisfy(request -> {
          assertThat(request.getResourceNamesSubscribeList()).containsExactly("*");
          assertThat(request.getInitialResourceVersionsMap()).isEmpty();
        })
        .filteredOn(DeltaDiscoveryRequest::hasNode)
        .singleElement()
        .satisfies(request -> {
          assertThat(request.getNode().getId()).isEqualTo("node-1");
          assertThat(request.getNode().getUserAgentName()).isEqualTo("ergane-test");
        });
    assertThat(client.first()).isNotDone();

    List<DeltaDiscoveryRequest> answers = side.send(compilation(8000, 1));

    assertThat(answers).extracting(DeltaDiscoveryRequest::getTypeUrl).isEqualTo(ImageTypes.ALL);
    assertThat(answers).noneMatch(DeltaDiscoveryRequest::hasErrorDetail);
    assertThat(answers.getLast().getResponseNonce()).isEqualTo("n" + answers.size());
    assertThat(next().image()).isEqualTo(compilation(8000, 1).image());
    await().atMost(PATIENCE).until(() -> client.first().isDone());
    assertThat(client.status().connected()).isTrue();
    assertThat(client.status().image()).isEqualTo(compilation(8000, 1).image().hash());
    assertThat(client.status().waitingFor()).isEmpty();
  }

  @Test
  void aGarbledResourceIsRefusedByNameAndTheImageStays() throws Exception {
    ImageStream client = start();
    ScriptedControlPlane.Stream side = server.stream();
    side.subscriptions();
    side.send(compilation(8000, 1));
    next();

    Resource garbled =
        new Resource(ImageTypes.POOL, "default/qwen", "9", ByteString.copyFromUtf8("\1\2\3"));
    DeltaDiscoveryRequest answer = side.send(ImageTypes.POOL, List.of(garbled));

    assertThat(answer.getErrorDetail().getMessage()).contains("Pool default/qwen");
    assertThat(client.status().problem()).contains("Pool default/qwen");
    assertThat(client.monitor().refused()).isEqualTo(1);
    assertThat(applied).isEmpty();

    side.send(compilation(8000, 2));
    assertThat(next().image()).isEqualTo(compilation(8000, 2).image());
    await().atMost(PATIENCE).until(() -> client.status().problem().isEmpty());
  }

  @Test
  void aStreamThatEndsIsOpenedAgainWithTheVersionsThatAreHeld() throws Exception {
    ImageStream client = start();
    ScriptedControlPlane.Stream side = server.stream();
    side.subscriptions();
    side.send(compilation(8000, 1));
    next();

    side.end();

    ScriptedControlPlane.Stream again = server.stream();
    Map<String, DeltaDiscoveryRequest> subscriptions = again.subscriptions();
    for (String type : ImageTypes.ALL) {
      Map<String, String> versions = new TreeMap<>();
      ImageCodec.encode(compilation(8000, 1))
          .ofType(type)
          .forEach((name, resource) -> versions.put(name, resource.version()));
      assertThat(subscriptions.get(type))
          .extracting(DeltaDiscoveryRequest::getInitialResourceVersionsMap)
          .isEqualTo(versions);
    }
    again.send(ImageTypes.HEAD, List.of());
    assertThat(applied).isEmpty();
    assertThat(client.monitor().connections()).isEqualTo(2);
  }

  @Test
  void theLastImageStaysWhileTheControlPlaneIsGoneAndChangesAfterIt() throws Exception {
    ImageStream client = start();
    server.stream().send(compilation(8000, 1));
    next();
    int port = server.port();

    server.close();

    await().atMost(PATIENCE).until(() -> !client.status().connected());
    assertThat(client.status().image()).isEqualTo(compilation(8000, 1).image().hash());
    assertThat(client.status().problem()).isNotEmpty();
    assertThat(client.monitor().disconnectedSeconds()).isGreaterThanOrEqualTo(0);

    server = new ScriptedControlPlane(port);
    ScriptedControlPlane.Stream side = server.stream();
    side.subscriptions();
    side.send(compilation(8000, 2));
    assertThat(next().image()).isEqualTo(compilation(8000, 2).image());
    assertThat(client.status().connected()).isTrue();
  }

  @Test
  void anImageThatCannotBePutIntoForceIsRefused() throws Exception {
    start(compilation -> {
      throw new IllegalStateException("no room");
    });
    ScriptedControlPlane.Stream side = server.stream();
    side.subscriptions();

    List<DeltaDiscoveryRequest> answers = side.send(compilation(8000, 1));

    assertThat(answers.getLast().getErrorDetail().getMessage()).contains("no room");
  }

  @Test
  void metricsTellOfTheStream() throws Exception {
    ImageStream client = start();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ImageMetrics.register(client.monitor(), registry);
    assertThat(registry.scrape())
        .contains("ergane_image_connected 0.0", "ergane_image_age_seconds NaN");
    ScriptedControlPlane.Stream side = server.stream();
    side.subscriptions();

    side.send(compilation(8000, 1));
    next();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(registry.scrape())
                .contains(
                    "ergane_image_connected 1.0",
                    "ergane_image_changes_total 1.0",
                    "ergane_image_incomplete 0.0",
                    "ergane_image_connections_total 1.0")
                .doesNotContain("ergane_image_age_seconds NaN"));
  }

  @Test
  void pausesDoubleUpToTheirBoundAndAreSpread() {
    ImageStreamSettings settings =
        ImageStreamSettings.DEFAULT.withPauses(Duration.ofMillis(100), Duration.ofSeconds(1));
    assertThat(settings.pauseNanos(1, 0)).isEqualTo(50_000_000);
    assertThat(settings.pauseNanos(1, 0.99)).isBetween(99_000_000L, 100_000_000L);
    assertThat(settings.pauseNanos(3, 0)).isEqualTo(200_000_000);
    assertThat(settings.pauseNanos(1_000, 0)).isEqualTo(500_000_000);
  }

  private static Compilation compilation(int port, int weight) {
    WeightedTarget target = new WeightedTarget(new Target.Server(QWEN), weight);
    Rule rule = new Rule("", new TreeMap<>(), null, null, List.of(target));
    Route route =
        new Route(new ObjectName("default", "chat"), "chat", List.of(), false, List.of(rule), null);
    Pool pool =
        new Pool(
            QWEN,
            null,
            InferenceEngine.VLLM,
            new TreeMap<>(Map.of("app", "qwen")),
            port,
            false,
            TrafficPolicy.DEFAULT,
            null);
    Endpoint endpoint = new Endpoint(new ObjectName("default", "qwen-0"), "10.0.0.1", port, false);
    RoutingImage image =
        new RoutingImage(List.of(route), List.of(pool), new TreeSet<>(), SchedulingProfile.DEFAULT);
    return new Compilation(
        image,
        new TreeMap<>(Map.of(QWEN, new EndpointTable(QWEN, List.of(endpoint)))),
        List.of(),
        Map.of());
  }
}
