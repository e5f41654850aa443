package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that want to exhaust, confuse or reach beyond what they are offered. */
class HostileClientsTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final String PING = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final ProxySettings IMPATIENT =
      ProxySettings.DEFAULT.withTimeouts(
          new ProxySettings.Timeouts(
              Duration.ofSeconds(5),
              SHORT,
              Duration.ofSeconds(60),
              Duration.ofSeconds(3),
              Duration.ofSeconds(5),
              Duration.ZERO,
              Duration.ofSeconds(5)));

  private final ScriptedEngine engine = ScriptedEngine.answering();
  private final Fixture proxy = Fixture.with(engine).settings(IMPATIENT).start();

  @AfterEach
  void stop() {
    proxy.close();
    engine.close();
  }

  private RawClient slowReader() throws IOException {
    RawClient client = proxy.client();
    client.socket.setReceiveBufferSize(16 << 10);
    client.socket.setSendBufferSize(16 << 10);
    return client;
  }

  @Test
  void aClientThatAsksWithoutReadingIsHeldBackAndThenCut() throws IOException {
    byte[] hundred = PING.repeat(100).getBytes(UTF_8);
    try (RawClient client = slowReader()) {
      assertThatThrownBy(
              () -> {
                for (int sent = 0; sent < 500_000; sent += 100) {
                  client.send(hundred);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void requestsThatWaitedForASlowReaderAreAllAnswered() throws Exception {
    int requests = 2000;
    try (RawClient client = slowReader()) {
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(PING.repeat(requests));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      Thread.sleep(300);
      for (int i = 0; i < requests; i++) {
        assertThat(client.read().status()).isEqualTo(405);
      }
      sender.join();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/completions HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n",
        "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      })
  void aRefusedClientThatIsStillSendingCanReadItsAnswer(String head) throws IOException {
    try (RawClient client = proxy.client()) {
      client.send(head).send("x".repeat(500_000));
      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.complete()).isTrue();
    }
  }

  @Test
  void aBodyThatTricklesGets408() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send(
          "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{\"model\"");
      Thread dripping =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 200; i++) {
                    Thread.sleep(100);
                    client.send(" ");
                  }
                } catch (IOException | InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("bytes a second");
      dripping.interrupt();
      dripping.join();
    }
  }

  @Test
  void anEndlessModelNameIsRefusedAndNotRepeated() throws IOException {
    String name = "a".repeat(1_000_000);
    RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", chat(name)));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).hasSizeLessThan(1000);
    proxy.assertQuiet();
    assertThat(proxy.telemetry.last().model).hasSizeLessThan(200);
  }

  @Test
  void longPathsAndMethodsAreNotLoggedWhole() throws IOException {
    String path = "/v1/" + "p".repeat(20_000);
    assertThat(proxy.ask(post(path, chat("m"))).status()).isEqualTo(200);
    proxy.assertQuiet();
    assertThat(proxy.telemetry.last().path).hasSizeLessThan(1100).startsWith("/v1/ppp");
    String method = "M".repeat(20_000);
    assertThat(proxy.ask(method + " /v1/x HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(405);
    proxy.assertQuiet();
    assertThat(proxy.telemetry.last().method).hasSizeLessThan(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/../metrics",
        "/v1/..",
        "/v1/./x",
        "/v1/%2e%2E/flush_cache",
        "/v1/x/.%2e/y",
        "/v1/..%2Fsleep",
        "/v1/..%5csleep",
        "/v1/..;a=b/sleep"
      })
  void pathsThatLeadOutOfTheApiAreUnknown(String path) throws IOException {
    RawClient.Answer answer = proxy.ask(post(path, chat("m")));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains("page not found");
    assertThat(engine.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/files/a.b", "/v1/...", "/v1/x%2ey/..z"})
  void pathsWithDotsInTheirNamesPass(String path) throws IOException {
    assertThat(proxy.ask(post(path, chat("m"))).status()).isEqualTo(200);
  }

  @Test
  void aBodyThatGrowsBeyondMeasureIsRefused() throws IOException {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
      gzip.write(chat("m").getBytes(UTF_8));
      gzip.write(" ".repeat(20_000_000).getBytes(UTF_8));
    }
    try (RawClient client = proxy.client()) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
              + "Content-Length: "
              + small.size()
              + "\r\n\r\n");
      RawClient.Answer answer = client.send(small.toByteArray()).read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("decompressed");
    }
  }

  @Test
  void twoHostsAndEndlessConnectionHeadersGet400() throws IOException {
    String hosts = "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    assertThat(proxy.ask(hosts).status()).isEqualTo(400);
    String names = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: " + "a,".repeat(2000);
    assertThat(proxy.ask(names + "\r\n\r\n").status()).isEqualTo(400);
  }
}
