package io.ergane.controllers.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ergane.controllers.admission.certificates.ServingKeys;
import io.ergane.controllers.admission.certificates.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookServerTest {
  private static final WebhookSettings SETTINGS = WebhookSettings.DEFAULT.at("127.0.0.1", 0);
  private static final String REVIEW =
      """
      {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
       "request": {"uid": "u-1", "operation": "CREATE", "object": {
         "apiVersion": "networking.serving.volcano.sh/v1alpha1", "kind": "ModelRoute",
         "metadata": {"name": "r"}, "spec": {"rules": []}}}}
      """;

  private final List<WebhookServer> started = new ArrayList<>();
  private final ServingKeys keys = new ServingKeys();
  private final TestCertificates certificates = new TestCertificates(keys);
  private final HttpClient client =
      HttpClient.newBuilder().sslContext(certificates.trusting()).build();

  @AfterEach
  void stop() {
    started.forEach(WebhookServer::close);
    client.close();
  }

  @Test
  void aReviewIsAnsweredOverHttps() throws Exception {
    WebhookServer server = start(SETTINGS);

    HttpResponse<String> answer = post(server, "/validate/modelroute?timeout=30s", REVIEW);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.body()).contains("either modelName or loraAdapters must be specified");
  }

  @Test
  void healthIsOk() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(start(SETTINGS), "/healthz")).build();

    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
  }

  @Test
  void otherPathsMethodsAndTypesAreRefused() throws Exception {
    WebhookServer server = start(SETTINGS);
    HttpRequest get = HttpRequest.newBuilder(uri(server, "/validate/modelroute")).build();
    HttpRequest plain =
        HttpRequest.newBuilder(uri(server, "/validate/modelroute"))
            .POST(BodyPublishers.ofString(REVIEW))
            .build();

    assertThat(post(server, "/validate/teapot", REVIEW).statusCode()).isEqualTo(404);
    assertThat(client.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    assertThat(client.send(plain, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void aReviewThatIsTooLargeIsRefused() throws Exception {
    WebhookServer server = start(SETTINGS.bounded(8, 1000, 10_000));

    assertThat(post(server, "/validate/modelroute", REVIEW + " ".repeat(1000)).statusCode())
        .isEqualTo(413);
    assertThat(post(server, "/validate/modelroute", REVIEW).statusCode()).isEqualTo(200);
  }

  @Test
  void bytesOfAllReviewsTogetherAreBounded() throws Exception {
    WebhookServer server = start(SETTINGS.bounded(8, 10_000, 1300));
    int refused = 200;
    // Again and again: what comes while another review is held is itself refused.
    for (int i = 0; i < 100 && refused == 200; i++) {
      try (SSLSocket slow = connect(server)) {
        send(slow, head(2000) + " ".repeat(1200));
        for (int look = 0; look < 20 && refused == 200; look++) {
          Thread.sleep(20);
          refused = post(server, "/validate/modelroute", REVIEW).statusCode();
        }
      }
    }
    assertThat(refused).isEqualTo(503);
    HttpResponse<String> answer = post(server, "/validate/modelroute", REVIEW);
    for (int i = 0; i < 1_500 && answer.statusCode() == 503; i++) {
      Thread.sleep(20);
      answer = post(server, "/validate/modelroute", REVIEW);
    }
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void aClientThatStallsIsLeft() throws Exception {
    WebhookServer server =
        start(SETTINGS.within(Duration.ofMillis(1_500), Duration.ofMillis(1_500)));
    try (SSLSocket slow = connect(server)) {
      slow.setSoTimeout(20_000);
      send(slow, head(2000) + "{");

      assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 408");
    }
    try (SSLSocket silent = connect(server)) {
      silent.setSoTimeout(20_000);

      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    WebhookServer server = start(SETTINGS.bounded(1, 10_000, 10_000));
    try (SSLSocket first = connect(server)) {
      send(first, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(first.getInputStream().read()).isEqualTo('H');

      assertThat(catchThrowable(() -> connect(server).close())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aCertificateIsReplacedWhileConnectionsAreOpen() throws Exception {
    WebhookServer server = start(SETTINGS);
    try (SSLSocket before = connect(server)) {
      var shownBefore = before.getSession().getPeerCertificates()[0];

      certificates.renew();

      try (SSLSocket after = connect(server)) {
        assertThat(after.getSession().getPeerCertificates()[0]).isNotEqualTo(shownBefore);
      }
      send(before, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(before.getInputStream().read()).isEqualTo('H');
    }
  }

  @Test
  void anRsaCertificateIsShownToo() throws Exception {
    certificates.renewWithRsa();
    WebhookServer server = start(SETTINGS);

    try (SSLSocket socket = connect(server)) {
      assertThat(socket.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm())
          .isEqualTo("RSA");
    }
  }

  @Test
  void withoutACertificateHandshakesFailAndTheServerLives() throws Exception {
    ServingKeys none = new ServingKeys();
    WebhookServer server =
        WebhookServer.start(SETTINGS, new Reviews(Webhook.NETWORKING, Neighbours.ALL), none);
    started.add(server);

    assertThat(catchThrowable(() -> connect(server).close())).isInstanceOf(IOException.class);

    new TestCertificates(none, certificates).renew();
    try (SSLSocket socket = connect(server)) {
      assertThat(socket.getSession().isValid()).isTrue();
    }
  }

  @Test
  void closingLetsARunningReviewEnd() throws Exception {
    WebhookServer server = start(SETTINGS);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          client.sendAsync(
              request(server, "/validate/modelroute", REVIEW), BodyHandlers.ofString()));
    }
    answers.getFirst().join();

    server.close();

    long answered =
        answers.stream().filter(a -> a.handle((reply, error) -> error == null).join()).count();
    assertThat(answered).isPositive();
    assertThat(catchThrowable(() -> connect(server).close())).isInstanceOf(IOException.class);
  }

  @Test
  void aTakenPortIsSaid() throws Exception {
    WebhookServer server = start(SETTINGS);

    assertThat(catchThrowable(() -> start(WebhookSettings.DEFAULT.at("127.0.0.1", server.port()))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + server.port());
  }

  private WebhookServer start(WebhookSettings settings) throws IOException {
    WebhookServer server =
        WebhookServer.start(settings, new Reviews(Webhook.NETWORKING, Neighbours.ALL), keys);
    started.add(server);
    return server;
  }

  private HttpResponse<String> post(WebhookServer server, String path, String body)
      throws IOException, InterruptedException {
    return client.send(request(server, path, body), BodyHandlers.ofString());
  }

  private static HttpRequest request(WebhookServer server, String path, String body) {
    return HttpRequest.newBuilder(uri(server, path))
        .version(HttpClient.Version.HTTP_1_1)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static URI uri(WebhookServer server, String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }

  private SSLSocket connect(WebhookServer server) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            certificates.trusting().getSocketFactory().createSocket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }

  private static String head(int length) {
    return "POST /validate/modelroute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: "
        + length
        + "\r\n\r\n";
  }

  private static void send(SSLSocket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
