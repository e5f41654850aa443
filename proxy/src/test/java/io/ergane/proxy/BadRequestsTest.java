package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.decision.Surface;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be served, each with its own clear answer. */
class BadRequestsTest {
  private static final ProxySettings STRICT =
      ProxySettings.DEFAULT
          .withLimits(new ProxySettings.Limits(4096, 20, 100_000, 1 << 20, 1000, 100, 50, 4096))
          .withTimeouts(
              new ProxySettings.Timeouts(
                  Duration.ofMillis(1_000),
                  Duration.ofMillis(1_000),
                  Duration.ofMillis(1_500),
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(5),
                  Duration.ZERO,
                  Duration.ofSeconds(5)));

  private ScriptedEngine engine = ScriptedEngine.answering();
  private Fixture proxy = Fixture.with(engine).settings(STRICT).start();

  @BeforeEach
  void nothingYet() {
    assertThat(engine.requests).isEmpty();
  }

  @AfterEach
  void stop() {
    proxy.close();
    engine.close();
  }

  private RawClient.Answer completion(String body) throws IOException {
    return proxy.ask(post("/v1/completions", body));
  }

  private void refused(RawClient.Answer answer, int status, String text) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).startsWith("{\"error\":{\"message\":").contains(text);
    assertThat(engine.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"model\":\"m\",\"prompt\":\"x",
        "{\"model\":\"m\",\"prompt\":\"x\"",
        "not json",
        "[1]",
        "{\"model\":\"m\",\"model\":\"m\",\"prompt\":\"x\"}",
        "{\"model\":\"m\",\"prompt\":\"x\"}}",
        "{\"model\":\"m\",\"prompt\":\"x\",}"
      })
  void bodiesThatAreNoRequestGet400(String body) throws IOException {
    refused(completion(body), 400, "invalid_request_error");
  }

  @Test
  void deepNestingGets400() throws IOException {
    String body =
        "{\"model\":\"m\",\"prompt\":\"x\",\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
    refused(completion(body), 400, "deep");
  }

  @Test
  void bytesThatAreNotUtf8Get400() throws IOException {
    byte[] body = "{\"model\":\"m\",\"prompt\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
    body[body.length - 3] = (byte) 0xff;
    refused(bytes("", body), 400, "UTF-8");
  }

  private RawClient.Answer bytes(String headers, byte[] body) throws IOException {
    try (RawClient client = proxy.client()) {
      client.send(
          "POST /v1/completions HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n"
              .formatted(headers, body.length));
      client.send(body);
      return client.read();
    }
  }

  @Test
  void aMissingModelAndAMissingPromptGet404() throws IOException {
    refused(completion("{\"prompt\":\"x\"}"), 404, "model not found");
    refused(completion("{\"model\":\" \",\"prompt\":\"x\"}"), 404, "model not found");
    refused(completion("{\"model\":\"m\"}"), 404, "prompt not found");
  }

  @Test
  void anUnknownModelGets404AndHearsWhatIsServed() throws IOException {
    refused(completion("{\"model\":\"gpt-9\",\"prompt\":\"x\"}"), 404, "route not found");
    assertThat(completion("{\"model\":\"gpt-9\",\"prompt\":\"x\"}").body())
        .contains("gpt-9", "lora", "lost");
    proxy.assertQuiet();
    assertThat(proxy.telemetry.last().errorType).isEqualTo("route_not_found");
    assertThat(proxy.telemetry.last().modelRegistered).isFalse();
    assertThat(proxy.telemetry.last().counted).isTrue();
  }

  @Test
  void aMissingModelServerGets404() throws IOException {
    refused(
        completion("{\"model\":\"lost\",\"prompt\":\"x\"}"),
        404,
        "can't find model server: default/lost");
  }

  @Test
  void aPoolWithoutPodsGets503() throws IOException {
    try (Fixture empty = Fixture.with().start()) {
      RawClient.Answer answer = empty.chat();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("no available pods for model server: default/chat");
      assertThat(answer.header("retry-after")).isNotEmpty();
    }
  }

  @Test
  void whatIsNotBuiltGets501() throws IOException {
    try (Fixture pd = Fixture.with(engine).unsupported("spec.workloadSelector.pdGroup").start()) {
      assertThat(pd.chat().status()).isEqualTo(501);
      assertThat(pd.chat().body())
          .contains("ModelServer default/chat declares spec.workloadSelector.pdGroup");
      pd.assertQuiet();
      assertThat(pd.telemetry.last().unsupportedFeature).isEqualTo("pdGroup");
    }
  }

  @Test
  void otherPathsAndMethods() throws IOException {
    refused(proxy.ask(post("/v2/x", "{}")), 404, "page not found");
    RawClient.Answer answer = proxy.ask("GET /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n");
    refused(answer, 405, "method not allowed");
    assertThat(answer.header("allow")).isEqualTo("POST");
    assertThat(proxy.ask(post("/v1/models", "{}")).header("allow")).isEqualTo("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001 tls hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\u0000c\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
        "POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
      })
  void brokenMessagesGet400AndTheConnectionEnds(String text) throws IOException {
    try (RawClient client = proxy.client()) {
      RawClient.Answer answer = client.send(text).read();
      refused(answer, 400, "invalid_request_error");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void otherVersionsAndCodingsAreNamed() throws IOException {
    refused(proxy.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, "HTTP/1.1");
    refused(
        proxy.ask("POST /v1/x HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        501,
        "chunked");
    refused(
        proxy.ask("POST /v1/x HTTP/1.1\r\nExpect: coffee\r\nContent-Length: 1\r\n\r\nx"),
        417,
        "100-continue");
  }

  @Test
  void headersBeyondTheLimitGet431AndLongTargets414() throws IOException {
    refused(
        proxy.ask("GET /healthz HTTP/1.1\r\n" + "a: b\r\n".repeat(21) + "\r\n"), 431, "headers");
    refused(
        proxy.ask("GET /healthz HTTP/1.1\r\na: " + "b".repeat(5000) + "\r\n\r\n"), 431, "headers");
    refused(proxy.ask("GET /" + "b".repeat(5000) + " HTTP/1.1\r\n\r\n"), 414, "request line");
  }

  @Test
  void aBodyBeyondTheLimitGets413BeforeItIsSent() throws IOException {
    try (RawClient client = proxy.client()) {
      client.send(
          "POST /v1/completions HTTP/1.1\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
      refused(client.read(), 413, "100000 bytes");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void anEndlessChunkedBodyGets413AndItsAnswerCanBeRead() throws IOException {
    try (RawClient client = proxy.client()) {
      client.send("POST /v1/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 11; i++) {
        client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
      }
      refused(client.read(), 413, "100000 bytes");
    }
  }

  @Test
  void slowHeadersGet408() throws IOException {
    try (RawClient client = proxy.client()) {
      client.send("POST /v1/completions HTTP/1.1\r\nA:");
      refused(client.read(), 408, "headers");
    }
  }

  @Test
  void aBodyThatPausesGets408() throws IOException {
    try (RawClient client = proxy.client()) {
      client.send("POST /v1/completions HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
      refused(client.read(), 408, "body");
    }
    proxy.assertQuiet();
  }

  @Test
  void anIdleConnectionEndsWithoutAWord() throws IOException {
    try (RawClient client = proxy.client()) {
      assertThat(client.atEnd()).isTrue();
    }
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void compressedBodiesAreUnderstood() throws IOException {
    byte[] plain = chat("m").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(plain);
    }
    assertThat(bytes("Content-Encoding: gzip\r\n", gzip(plain)).status()).isEqualTo(200);
    assertThat(bytes("Content-Encoding: deflate\r\n", deflated.toByteArray()).status())
        .isEqualTo(200);
    assertThat(engine.requests.getFirst().text()).isEqualTo(chat("served"));
    assertThat(engine.requests.getFirst().has("content-encoding")).isFalse();
  }

  @Test
  void compressedBodiesThatAreTooLargeBrokenOrUnknownAreRefused() throws IOException {
    byte[] bomb = gzip(new byte[50_000_000]);
    refused(bytes("Content-Encoding: gzip\r\n", bomb), 413, "100000 bytes");
    refused(bytes("Content-Encoding: gzip\r\n", new byte[100]), 400, "gzip");
    refused(bytes("Content-Encoding: br\r\n", new byte[100]), 415, "gzip");
  }

  @Test
  void errorsTakeTheShapeOfTheirEndpoint() throws IOException {
    assertThat(proxy.ask(post("/v1/messages", "{\"model\":\"none\",\"messages\":[]}")).body())
        .startsWith("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\"")
        .contains("route not found");
    ProxySettings kthena = ProxySettings.DEFAULT.withSurface(new Surface(true, () -> true, null));
    try (Fixture bare = Fixture.with(engine).settings(kthena).start()) {
      RawClient.Answer answer =
          bare.ask(post("/v1/completions", "{\"model\":\"x\",\"prompt\":\"\"}"));
      assertThat(answer.body()).isEqualTo("\"route not found\"");
      assertThat(answer.header("content-type")).isEqualTo("application/json; charset=utf-8");
    }
  }

  @Test
  void tooManyRequestsInFlightGet503() throws IOException {
    ProxySettings one =
        STRICT.withLimits(new ProxySettings.Limits(4096, 20, 100_000, 1 << 20, 1000, 1, 50, 4096));
    CountDownLatch goOn = new CountDownLatch(1);
    try (ScriptedEngine slow =
            new ScriptedEngine(call -> {
              goOn.await();
              call.json(200, "{}");
            });
        Fixture small = Fixture.with(slow).settings(one).start();
        RawClient first = small.client()) {
      first.send(post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"x\"}"));
      org.awaitility.Awaitility.await().until(() -> small.proxy.inFlight() == 1);
      RawClient.Answer second = small.chat();
      assertThat(second.status()).isEqualTo(503);
      assertThat(second.header("retry-after")).isEqualTo("1");
      goOn.countDown();
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  @Test
  void tooManyConnectionsGet503() throws IOException {
    ProxySettings two =
        STRICT.withLimits(new ProxySettings.Limits(4096, 20, 100_000, 1 << 20, 2, 9, 50, 4096));
    try (Fixture small = Fixture.with(engine).settings(two).start();
        RawClient one = small.client();
        RawClient another = small.client()) {
      assertThat(one.send("GET /healthz HTTP/1.1\r\n\r\n").read().status()).isEqualTo(200);
      assertThat(another.send("GET /healthz HTTP/1.1\r\n\r\n").read().status()).isEqualTo(200);
      try (RawClient third = small.client()) {
        assertThat(third.read().status()).isEqualTo(503);
      }
    }
  }

  @Test
  void continueIsSaidWhenTheBodyIsWanted() throws IOException {
    try (RawClient client = proxy.client()) {
      String body = chat("m");
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n"
              .formatted(body.length()));
      assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send(body).read().status()).isEqualTo(200);
      assertThat(engine.requests.getFirst().has("expect")).isFalse();
    }
  }
}
