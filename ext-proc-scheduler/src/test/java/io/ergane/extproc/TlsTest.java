package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ergane.proto.tls.TlsFiles;
import io.ergane.proto.tls.UnusableTlsFiles;
import io.ergane.testkit.Certificates;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server over TLS, with and without certificates of clients. */
class TlsTest {
  @TempDir static Path folder = Path.of("");
  private static Certificates files = new Certificates(Path.of(""), Path.of(""));

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @BeforeAll
  static void makeCertificate() {
    files = Certificates.in(folder);
  }

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private ExtProcServer server(Path key, @Nullable Path authority) throws IOException {
    return server(new TlsFiles(files.certificate(), key, authority));
  }

  private ExtProcServer server(TlsFiles tls) throws IOException {
    World world = new World();
    ExtProcSettings.Timeouts base = World.SETTINGS.timeouts();
    ExtProcSettings.Timeouts often =
        new ExtProcSettings.Timeouts(
            base.lameDuck(),
            base.drain(),
            base.keepAlive(),
            base.leastPing(),
            base.upload(),
            Duration.ofMillis(100));
    ExtProcSettings.Listener listener = new ExtProcSettings.Listener("127.0.0.1", 0, -1, tls);
    return ExtProcServer.start(
        World.SETTINGS.withListener(listener).withTimeouts(often),
        world.dataplane,
        world.telemetry,
        group);
  }

  private static ServingStatus ask(ExtProcServer server, boolean withCertificate)
      throws IOException {
    return ask(server, files, withCertificate ? files : null);
  }

  private static ServingStatus ask(
      ExtProcServer server, Certificates trusted, @Nullable Certificates own) throws IOException {
    SslContextBuilder tls =
        GrpcSslContexts.forClient().trustManager(trusted.certificate().toFile());
    if (own != null) {
      tls.keyManager(own.certificate().toFile(), own.key().toFile());
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
    try (ExtProcServer server = server(files.key(), null)) {
      assertThat(ask(server, false)).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void clientsMustBringACertificateWhereTheyAreVerified() throws IOException {
    Path authority = files.certificate();
    try (ExtProcServer server = server(files.key(), authority)) {
      assertThat(ask(server, true)).isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> ask(server, false)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void replacedFilesAreReadAgain() throws IOException {
    Path used = Files.createDirectory(folder.resolve("used"));
    Certificates next = Certificates.in(Files.createDirectory(folder.resolve("next")));
    Path certificate = Files.copy(files.certificate(), used.resolve("tls.crt"));
    Path key = Files.copy(files.key(), used.resolve("tls.key"));
    Path authority = Files.copy(files.certificate(), used.resolve("ca.crt"));
    try (ExtProcServer server = server(new TlsFiles(certificate, key, authority))) {
      assertThat(ask(server, files, files)).isEqualTo(ServingStatus.SERVING);

      Files.copy(next.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.key(), key, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.certificate(), authority, StandardCopyOption.REPLACE_EXISTING);

      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(ask(server, next, next)).isEqualTo(ServingStatus.SERVING));
      assertThatThrownBy(() -> ask(server, files, files))
          .isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> ask(server, next, files)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void aFileThatIsNoKeyIsRefused() {
    assertThatThrownBy(() -> server(files.certificate(), null))
        .isInstanceOf(UnusableTlsFiles.class)
        .hasMessageContaining("PKCS#8");
  }
}
