package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.HostPort;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.testkit.Certificates;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.xds.translate.EnvoySettings.Listener;
import io.ergane.xds.translate.EnvoySettings.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Envoy does with engines whose names were looked up. */
@NeedsPart(Part.ENVOY)
class EnginesByNameTest {
  private static final ObjectName CHAT = new ObjectName("default", "chat");
  private static final char[] NONE = {};

  @TempDir Path folder;

  private final ScriptedScheduler scheduler = new ScriptedScheduler(0);
  private final EchoEngines engines = new EchoEngines("127.0.0.2", "127.0.0.3");
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(scheduler, engines, client));
  private final List<String> hosts = new CopyOnWriteArrayList<>();
  private String url = "";

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) one.close();
  }

  private void start(String authorities, Endpoint... rows) {
    EnvoySettings.Engines usual = EnvoySettings.DEFAULT.engines();
    EnvoySettings settings =
        EnvoySettings.DEFAULT
            .withListener(new Listener("127.0.0.1", 0, null))
            .withEngines(
                new EnvoySettings.Engines(usual.connect(), usual.idle(), authorities, true))
            .withScheduler(
                new Scheduler(
                    List.of(new HostPort("127.0.0.1", scheduler.port())),
                    null,
                    Duration.ofSeconds(20),
                    Duration.ofMillis(20)));
    var tables = new TreeMap<>(Map.of(CHAT, new EndpointTable(CHAT, List.of(rows))));
    var image = Case.image(Case.pool("chat", TrafficPolicy.DEFAULT));
    var set = EnvoyTranslation.translate(image, tables, settings);
    assertThat(EnvoyTranslation.diagnose(image, tables, settings)).isEmpty();
    EnvoyProcess envoy =
        EnvoyProcess.start(folder, EnvoyText.yaml(EnvoyText.tree(StaticBootstrap.of(set, 0))));
    open.add(envoy);
    envoy.awaitReady();
    url = "http://127.0.0.1:" + envoy.listener(EnvoyNames.ERGANE);
  }

  private static Endpoint endpoint(String host, int port, boolean tls, String address) {
    return new Endpoint(new ObjectName("default", "p-" + host), host, port, tls, address);
  }

  private int chat(Endpoint chosen) throws IOException, InterruptedException {
    scheduler.destination = chosen.destination();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(30))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{\"model\":\"m\"}"))
            .build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  @Test
  void anEngineByNameIsReachedAtItsAddressAndIsCalledByItsName() throws Exception {
    Endpoint named = endpoint("my-vllm", engines.port(), false, "127.0.0.2");
    Endpoint addressed = new Endpoint(CHAT, "127.0.0.3", engines.port(), false);
    start("", named, addressed);

    assertThat(chat(named)).isEqualTo(200);
    assertThat(engines.asked.getLast().engine()).isEqualTo("127.0.0.2");
    assertThat(engines.asked.getLast().headers())
        .containsEntry("host", "my-vllm:" + engines.port());

    assertThat(chat(addressed)).isEqualTo(200);
    assertThat(engines.asked.getLast().engine()).isEqualTo("127.0.0.3");
    assertThat(engines.asked.getLast().headers())
        .containsEntry("host", url.substring("http://".length()));
  }

  @Test
  void tlsAsksForTheNameAndLooksForItInTheCertificate() throws Exception {
    Certificates files = Certificates.in(folder);
    int port = serveTls(files);
    Endpoint named = endpoint("localhost", port, true, "127.0.0.1");
    start(files.certificate().toString(), named);

    assertThat(chat(named)).isEqualTo(200);
    assertThat(hosts).containsExactly("localhost");
  }

  @Test
  void anEngineWhoseCertificateIsForAnotherNameIsNotAsked() throws Exception {
    Certificates files = Certificates.in(folder);
    int port = serveTls(files);
    Endpoint named = endpoint("other.example", port, true, "127.0.0.1");
    start(files.certificate().toString(), named);

    assertThat(chat(named)).isEqualTo(503);
    assertThat(hosts).isEmpty();
  }

  private int serveTls(Certificates files) throws IOException, GeneralSecurityException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setHttpsConfigurator(new HttpsConfigurator(context(files)));
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          hosts.add(exchange.getRequestHeaders().getFirst("host"));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private static SSLContext context(Certificates files)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, NONE);
    keys.setKeyEntry("k", key(files.key()), NONE, new Certificate[] {chain(files.certificate())});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, NONE);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static Certificate chain(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
  }
}
