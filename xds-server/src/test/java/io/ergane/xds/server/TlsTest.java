package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.proto.tls.TlsFiles;
import io.ergane.testkit.Certificates;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections with certificates. */
class TlsTest {
  @TempDir static Path folder = Path.of("");
  private static Certificates files = new Certificates(Path.of(""), Path.of(""));

  @BeforeAll
  static void makeCertificate() {
    files = Certificates.in(folder);
  }

  private static XdsServer start(@Nullable Path clientRoots) throws IOException {
    XdsServer server =
        XdsServer.start(
            XdsSettings.DEFAULT
                .at("127.0.0.1", 0)
                .with(new TlsFiles(files.certificate(), files.key(), clientRoots)),
            NodeCheck.ANY,
            new SimpleMeterRegistry());
    server.publish(
        ResourceSet.of(List.of(Resource.of("c", Cluster.newBuilder().setName("c").build()))));
    return server;
  }

  private static FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> ask(
      XdsServer server, ChannelCredentials credentials) {
    var envoy = FakeEnvoy.delta(server.port(), credentials, 10);
    envoy.send(FakeEnvoy.asks("a", TypeUrl.CLUSTER).build());
    return envoy;
  }

  private static TlsChannelCredentials.Builder trusting() throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(files.certificate().toFile());
  }

  @Test
  void nodesThatTrustTheCertificateAreServed() throws Exception {
    try (XdsServer server = start(null);
        var envoy = ask(server, trusting().build());
        var plain = ask(server, InsecureChannelCredentials.create())) {
      assertThat(envoy.next().getResourcesCount()).isEqualTo(1);
      assertThat(plain.endedWith()).contains("UNAVAILABLE");
    }
  }

  @Test
  void withClientRootsOnlyNodesWithACertificateAreServed() throws Exception {
    try (XdsServer server = start(files.certificate());
        var known =
            ask(
                server,
                trusting().keyManager(files.certificate().toFile(), files.key().toFile()).build());
        var anonymous = ask(server, trusting().build())) {
      assertThat(known.next().getResourcesCount()).isEqualTo(1);
      assertThat(anonymous.endedWith()).contains("UNAVAILABLE");
    }
  }
}
