package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.testkit.Certificates;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards clients and towards engines. */
class TlsTest {
  @TempDir static Path folder = Path.of("");
  private static ProxySettings secure = ProxySettings.DEFAULT;

  @BeforeAll
  static void makeCertificate() {
    Certificates files = Certificates.in(folder);
    secure =
        ProxySettings.DEFAULT.withListener(
            new ProxySettings.Listener("127.0.0.1", 0, files.certificate(), files.key()));
  }

  private static RawClient connect(Fixture proxy) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    return new RawClient(context.getSocketFactory().createSocket("127.0.0.1", proxy.proxy.port()));
  }

  @Test
  void clientsAreServedOverTls() throws Exception {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).settings(secure).start();
        RawClient client = connect(proxy)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(post("/v1/chat/completions", chat("m"))).read().body())
            .isEqualTo(ScriptedEngine.ANSWER);
      }
      assertThat(proxy.telemetry.ended).isNotNull();
    }
  }

  @Test
  void enginesAreCalledOverTlsWithTheirOwnHost() throws Exception {
    ProxySettings.Engines usual = ProxySettings.Engines.DEFAULT;
    ProxySettings trusting =
        ProxySettings.DEFAULT.withEngines(
            new ProxySettings.Engines(usual.connect(), usual.idle(), 8, 8, null, false));
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture tlsEngine = Fixture.with(engine).settings(secure).upstreamModel(null).start();
        Fixture proxy =
            Fixture.atPorts(tlsEngine.proxy.port())
                .tls()
                .upstreamModel(null)
                .settings(trusting)
                .start()) {
      assertThat(proxy.chat().body()).isEqualTo(ScriptedEngine.ANSWER);
      assertThat(proxy.chat().status()).isEqualTo(200);
      assertThat(tlsEngine.proxy.connections()).isEqualTo(1);
    }
  }

  @Test
  void anEngineWithoutATrustedCertificateIsNotCalled() throws Exception {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture tlsEngine = Fixture.with(engine).settings(secure).start();
        Fixture proxy = Fixture.atPorts(tlsEngine.proxy.port()).tls().start()) {
      RawClient.Answer answer = proxy.chat();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("request to all pods failed");
      assertThat(engine.requests).isEmpty();
    }
  }

  @Test
  void halfATlsConfigurationIsRefused() {
    assertThatThrownBy(() -> new ProxySettings.Listener("127.0.0.1", 0, Path.of("cert.pem"), null))
        .hasMessageContaining("both");
  }
}
