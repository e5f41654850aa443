package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections with certificates. */
class TlsTest {
  @TempDir static Path folder = Path.of("");
  private static Path certificate = Path.of("");
  private static Path key = Path.of("");

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storepass",
                "secret",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    certificate = pem("CERTIFICATE", keys.getCertificate("k").getEncoded());
    key = pem("PRIVATE KEY", keys.getKey("k", "secret".toCharArray()).getEncoded());
  }

  private static Path pem(String kind, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        folder.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  private static XdsServer start(@Nullable Path clientRoots) throws IOException {
    XdsServer server =
        XdsServer.start(
            XdsSettings.DEFAULT
                .at("127.0.0.1", 0)
                .with(new XdsSettings.Tls(certificate, key, clientRoots)),
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
    return TlsChannelCredentials.newBuilder().trustManager(certificate.toFile());
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
    try (XdsServer server = start(certificate);
        var known = ask(server, trusting().keyManager(certificate.toFile(), key.toFile()).build());
        var anonymous = ask(server, trusting().build())) {
      assertThat(known.next().getResourcesCount()).isEqualTo(1);
      assertThat(anonymous.endedWith()).contains("UNAVAILABLE");
    }
  }
}
