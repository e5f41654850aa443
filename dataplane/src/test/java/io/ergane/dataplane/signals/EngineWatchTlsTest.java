package io.ergane.dataplane.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.dataplane.signals.FakeEngine.Answer;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineWatchTlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path folder;
  private static KeyStore keys;

  @BeforeAll
  static void makeKey() throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "engine",
                "-keyalg",
                "EC",
                "-dname",
                "CN=engine",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
  }

  @Test
  void engineMaySpeakTls() throws Exception {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    var tls = SslContextBuilder.forClient().trustManager(trust).build();
    try (FakeEngine engine = tlsEngine();
        var fixture = new WatchFixture(WatchFixture.QUICK, tls)) {
      fixture.watch.watch(List.of(WatchFixture.target(0, engine).withTls()));

      await().until(() -> fixture.samplesOf(0) >= 2);

      assertThat(engine.accepted()).isEqualTo(1);
    }
  }

  @Test
  void anEngineThatIsNotTrustedIsAFailureToConnect() throws Exception {
    try (FakeEngine engine = tlsEngine();
        var fixture = new WatchFixture()) {
      fixture.watch.watch(List.of(WatchFixture.target(0, engine).withTls()));

      await().until(() -> fixture.failures.size() >= 2);

      assertThat(fixture.failures).allMatch(failed -> failed.reason() == ScrapeFailure.CONNECT);
      assertThat(engine.heads()).isEmpty();
    }
  }

  private static FakeEngine tlsEngine() throws Exception {
    var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), null, null);
    var server =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    return new FakeEngine(server)
        .page("/metrics", Answer.ok("vllm:num_requests_running 1\n"))
        .page("/v1/models", Answer.ok("{\"data\":[]}"));
  }
}
