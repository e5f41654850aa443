package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards clients and towards engines. */
class TlsTest {
  @TempDir static Path folder = Path.of("");
  private static ProxySettings secure = ProxySettings.DEFAULT;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                keytool,
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
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    Path certificate = pem("CERTIFICATE", keys.getCertificate("k").getEncoded());
    Path key = pem("PRIVATE KEY", keys.getKey("k", "secret".toCharArray()).getEncoded());
    secure =
        ProxySettings.DEFAULT.withListener(
            new ProxySettings.Listener("127.0.0.1", 0, certificate, key));
  }

  private static Path pem(String kind, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        folder.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
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
