package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server over TLS, with and without certificates of clients. */
class TlsTest {
  @TempDir static Path folder = Path.of("");

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String arguments =
        "-genkeypair -alias k -keyalg EC -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1"
            + " -storepass secret -storetype PKCS12 -keystore ";
    Process process =
        new ProcessBuilder((keytool + " " + arguments + store).split(" ")).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    pem("CERTIFICATE", "certificate.pem", keys.getCertificate("k").getEncoded());
    pem("PRIVATE KEY", "key.pem", keys.getKey("k", "secret".toCharArray()).getEncoded());
  }

  private static void pem(String kind, String file, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private ExtProcServer server(@Nullable Path key, @Nullable Path authority) throws IOException {
    World world = new World();
    Path certificate = folder.resolve("certificate.pem");
    ExtProcSettings.Listener listener =
        new ExtProcSettings.Listener("127.0.0.1", 0, -1, certificate, key, authority);
    return ExtProcServer.start(
        World.SETTINGS.withListener(listener), world.dataplane, world.telemetry, group);
  }

  private static ServingStatus ask(ExtProcServer server, boolean withCertificate)
      throws IOException {
    SslContextBuilder tls =
        GrpcSslContexts.forClient().trustManager(folder.resolve("certificate.pem").toFile());
    if (withCertificate) {
      tls.keyManager(
          folder.resolve("certificate.pem").toFile(), folder.resolve("key.pem").toFile());
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).sslContext(tls.build()).build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void clientsAreServedOverTls() throws IOException {
    try (ExtProcServer server = server(folder.resolve("key.pem"), null)) {
      assertThat(ask(server, false)).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void clientsMustBringACertificateWhereTheyAreVerified() throws IOException {
    Path authority = folder.resolve("certificate.pem");
    try (ExtProcServer server = server(folder.resolve("key.pem"), authority)) {
      assertThat(ask(server, true)).isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> ask(server, false)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() -> server(null, null)).hasMessageContaining("TLS needs both");
    assertThatThrownBy(() -> server(folder.resolve("certificate.pem"), null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PKCS#8");
  }
}
