package io.ergane.xds.server;

import static io.ergane.xds.server.FakeEnvoy.ack;
import static io.ergane.xds.server.FakeEnvoy.asks;
import static io.ergane.xds.server.FakeEnvoy.nack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.session.SessionLimits;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The service over real connections. */
class XdsServerTest {
  private static final String POOL = "pool/default/llama";
  private static final XdsSettings SETTINGS = XdsSettings.DEFAULT.at("127.0.0.1", 0);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private XdsServer start(XdsSettings settings, NodeCheck check) throws IOException {
    XdsServer server = XdsServer.start(settings, check, meters);
    open.add(server);
    return server;
  }

  private XdsServer start() throws IOException {
    return start(SETTINGS, NodeCheck.ANY);
  }

  private FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> connect(XdsServer server) {
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = FakeEnvoy.delta(server.port());
    open.add(envoy);
    return envoy;
  }

  static Resource endpoints(String name, int port) {
    var endpoints = ClusterLoadAssignment.newBuilder().setClusterName(name);
    endpoints
        .addEndpointsBuilder()
        .addLbEndpointsBuilder()
        .getEndpointBuilder()
        .getAddressBuilder()
        .getSocketAddressBuilder()
        .setAddress("10.0.0.1")
        .setPortValue(port);
    return Resource.of(name, endpoints.build());
  }

  private static Resource cluster(String name) {
    return Resource.of(name, Cluster.newBuilder().setName(name).build());
  }

  private static ResourceSet set(Resource... resources) {
    return ResourceSet.of(List.of(resources));
  }

  @Test
  void responsesAreWellFormedInBothForms() throws Exception {
    XdsServer server = start();
    Resource resource = endpoints(POOL, 1);
    server.publish(set(resource, cluster(POOL)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta = connect(server);
    delta.send(asks("a", TypeUrl.ENDPOINT, POOL, "missing").build());

    DeltaDiscoveryResponse response = delta.next();

    assertThat(response.getTypeUrl()).isEqualTo(TypeUrl.ENDPOINT);
    assertThat(response.getRemovedResourcesList()).containsExactly("missing");
    assertThat(response.getResourcesList())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.getName()).isEqualTo(POOL);
          assertThat(each.getVersion()).isEqualTo(resource.version());
          assertThat(each.getResource()).isEqualTo(resource.toAny());
        });

    try (FakeEnvoy<DiscoveryRequest, DiscoveryResponse> whole = FakeEnvoy.whole(server.port())) {
      whole.send(
          DiscoveryRequest.newBuilder()
              .setNode(FakeEnvoy.node("b"))
              .setTypeUrl(TypeUrl.CLUSTER)
              .build());
      DiscoveryResponse all = whole.next();
      assertThat(all.getResourcesList()).containsExactly(cluster(POOL).toAny());
      assertThat(all.getVersionInfo()).isEqualTo(server.status().published().get(TypeUrl.CLUSTER));
      assertThat(all.getNonce()).isNotEmpty();
    }
  }

  @Test
  void aNodeThatDoesNotReadGetsTheNewestAndDoesNotHoldOthersUp() throws Exception {
    XdsServer server = start();
    server.publish(set(wide(0)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stuck =
        FakeEnvoy.delta(server.port(), InsecureChannelCredentials.create(), 1);
    open.add(stuck);
    stuck.send(asks("stuck", TypeUrl.ENDPOINT, POOL).build());
    stuck.send(ack(stuck.next()));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> quick = connect(server);
    quick.send(asks("quick", TypeUrl.ENDPOINT, POOL).build());
    quick.send(ack(quick.next()));

    for (int i = 1; i <= 50; i++) {
      server.publishEndpoints(List.of(wide(i)), List.of());
      quick.send(ack(quick.next()));
    }
    stuck.take(1);
    stuck.send(ack(stuck.next()));
    stuck.take(1);

    assertThat(stuck.next().getResources(0).getVersion()).isEqualTo(wide(50).version());
  }

  /** Endpoints that are more than a connection buffers. */
  private static Resource wide(int port) {
    var endpoints = ClusterLoadAssignment.newBuilder().setClusterName(POOL);
    var locality = endpoints.addEndpointsBuilder();
    for (int i = 0; i < 5000; i++) {
      locality
          .addLbEndpointsBuilder()
          .getEndpointBuilder()
          .getAddressBuilder()
          .getSocketAddressBuilder()
          .setAddress("10.0.%d.%d".formatted(i / 250, i % 250))
          .setPortValue(8000 + port);
    }
    return Resource.of(POOL, endpoints.build());
  }

  @Test
  void aRejectionNamesTheObjectAndShowsInTheStatus() throws Exception {
    XdsServer server = start();
    List<Nack> nacks = new CopyOnWriteArrayList<>();
    server.onNack(nacks::add);
    server.publish(set(cluster(POOL)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = connect(server);
    envoy.send(asks("envoy-1", TypeUrl.CLUSTER).build());
    envoy.send(ack(envoy.next()));
    String good = server.status().published().get(TypeUrl.CLUSTER);
    Resource bad =
        Resource.of(POOL, Cluster.newBuilder().setName(POOL).setAltStatName("bad").build());
    server.publish(set(bad));

    envoy.send(nack(envoy.next(), "Error adding/updating cluster(s) " + POOL + ": no"));

    await().until(() -> !nacks.isEmpty());
    Nack nack = nacks.getFirst();
    assertThat(nack.node()).isEqualTo("envoy-1");
    assertThat(nack.resources()).containsExactly(POOL);
    assertThat(nack.subjects()).containsExactly(new Subject("pool", "default", "llama"));
    XdsStatus status = XdsStatus.of(server.status().toJson());
    assertThat(status.nodes()).isEqualTo(server.nodes());
    NodeStatus.OfType clusters = status.nodes().getFirst().types().getFirst();
    assertThat(clusters.runs()).isEqualTo(good);
    assertThat(clusters.live()).isFalse();
    assertThat(clusters.rejected()).containsExactly(POOL);
    assertThat(clusters.versions()).containsEntry(POOL, cluster(POOL).version());
    assertThat(StatusTable.render(status, Instant.now()))
        .contains("clusters   live on 0 of 1 nodes at version")
        .contains("envoy-1: rejected clusters " + POOL + " (pool default/llama), it keeps version")
        .contains("1.40.0");
    assertThat(envoy.nextWithin(Duration.ofMillis(200))).as("the same again").isNull();
    assertThat(meters.get("ergane_xds_nacks").counter().count()).isEqualTo(1);

    server.publish(set(cluster(POOL)));
    envoy.send(ack(envoy.next()));
    await().until(() -> server.nodes().getFirst().types().getFirst().live());
    assertThat(StatusTable.render(server.status(), Instant.now()))
        .contains("clusters   live on 1 of 1 nodes at version " + good);
  }

  @Test
  void nothingIsSentAndHealthIsDownBeforeTheFirstPublication() throws Exception {
    XdsServer server = start();
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();
    open.add(channel::shutdownNow);
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = connect(server);
    envoy.send(asks("a", TypeUrl.CLUSTER).build());

    assertThat(envoy.nextWithin(Duration.ofMillis(200))).isNull();
    assertThat(health(channel)).isEqualTo(ServingStatus.NOT_SERVING);

    server.publish(set(cluster(POOL)));

    assertThat(envoy.next().getResourcesCount()).isEqualTo(1);
    assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(
            HealthCheckRequest.newBuilder()
                .setService(AggregatedDiscoveryServiceGrpc.SERVICE_NAME)
                .build())
        .getStatus();
  }

  @Test
  void boundsAndUnsupportedNodesAreRefusedInWords() throws Exception {
    NodeCheck check =
        node -> node.getId().startsWith("old") ? "Envoy 1.20 is too old; 1.34 or newer is." : null;
    XdsServer server =
        start(
            SETTINGS
                .withMax(2, 3, 2)
                .with(new SessionLimits(8, 2, 9, 100, 1 << 20, 1_000_000_000L)),
            check);
    server.publish(set(cluster(POOL)));

    assertThat(refusal(server, "")).contains("INVALID_ARGUMENT").contains("node.id");
    assertThat(refusal(server, "two\nlines")).contains("node.id", "control characters");
    assertThat(refusal(server, "x".repeat(10_000))).contains("node.id", "512");
    assertThat(refusal(server, "old-1")).contains("FAILED_PRECONDITION").contains("too old");
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> first = hold(server, "a");
    hold(server, "a");
    assertThat(refusal(server, "a")).contains("node \"a\" has 2 streams; a node may have 2");
    hold(server, "b");
    assertThat(refusal(server, "c"))
        .contains("3 streams are open; the server takes 3. Run another replica");
    first.send(asks("a", TypeUrl.ENDPOINT, "x", "y", "z").build());
    assertThat(first.endedWith()).contains("a stream may subscribe to 2");
    await().until(() -> server.nodes().size() == 2);
    hold(server, "a");
    assertThat(meters.get("ergane_xds_refused_streams").counters()).isNotEmpty();
  }

  @Test
  void typesThatNodesMakeUpNeitherFillTheMetricsNorAreKept() throws Exception {
    XdsServer server = start();
    server.publish(set(cluster(POOL)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = hold(server, "a");
    for (int i = 0; i < 5; i++) {
      envoy.send(asks("a", "type.googleapis.com/made.up.Type" + i, "x").build());
      envoy.send(ack(envoy.next()));
    }
    envoy.send(asks("a", "type.googleapis.com/" + "x".repeat(1 << 20), "x").build());

    assertThat(envoy.endedWith()).contains("1048596 characters; it may have 1024. Ask for a type");
    assertThat(meters.get("ergane_xds_pushes").counters())
        .extracting(counter -> counter.getId().getTag("type"))
        .containsExactlyInAnyOrder("Cluster", "other");
  }

  private FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> hold(
      XdsServer server, String node) throws InterruptedException {
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = connect(server);
    envoy.send(asks(node, TypeUrl.CLUSTER).build());
    envoy.send(ack(envoy.next()));
    return envoy;
  }

  private static String refusal(XdsServer server, String node) throws Exception {
    try (FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy =
        FakeEnvoy.delta(server.port())) {
      envoy.send(asks(node, TypeUrl.CLUSTER).build());
      return envoy.endedWith();
    }
  }

  @Test
  void closingEndsStreamsSoThatNodesGoElsewhere() throws Exception {
    XdsServer server = start();
    server.publish(set(cluster(POOL)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = hold(server, "a");

    server.close();

    assertThat(envoy.endedWith()).contains("UNAVAILABLE").contains("closing");
  }

  @Test
  void aNodeThatDisconnectsIsNoNodeAnyMoreButListedAsGone() throws Exception {
    XdsServer server = start();
    server.publish(set(cluster(POOL)));
    FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = hold(server, "a");
    await().until(() -> server.nodes().size() == 1);

    envoy.close();

    await().until(() -> server.nodes().isEmpty());
    assertThat(XdsStatus.of(server.status().toJson()).gone())
        .singleElement()
        .extracting(GoneNode::id, GoneNode::version)
        .containsExactly("a", "1.40.0");
    assertThat(meters.get("ergane_xds_streams").gauge().value()).isZero();
  }

  @Test
  void manyNodesGetTheSameBytesOfOneEncoding() throws Exception {
    XdsServer server = start();
    Message listener = Listener.newBuilder().setName("ergane").build();
    server.publish(set(Resource.of("ergane", listener)));
    List<DeltaDiscoveryResponse> responses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> envoy = connect(server);
      envoy.send(asks("n" + i, TypeUrl.LISTENER).build());
      responses.add(envoy.next());
    }

    assertThat(responses).allMatch(each -> each.equals(responses.getFirst()));
  }
}
