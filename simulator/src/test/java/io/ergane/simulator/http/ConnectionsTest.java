package io.ergane.simulator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.simulator.model.EngineConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectionsTest extends EngineTest {
  private static final String PATH = "/v1/completions";
  private static final String SHORT = "{\"model\":\"m\",\"prompt\":\"w\"}";
  private static final String LONG_STREAM =
      "{\"model\":\"m\",\"prompt\":\"w\",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":100000}";

  @Test
  void aClientThatLeavesMidStreamFreesItsSlotAtOnce() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    try (Socket socket = send(engine, LONG_STREAM)) {
      assertThat(new String(socket.getInputStream().readNBytes(15), UTF_8))
          .isEqualTo("HTTP/1.1 200 OK");
      await().until(() -> engine.state().running() == 1);
    }

    await().until(() -> engine.state().running() == 0);
    assertThat(engine.state().cancelled()).isEqualTo(1);
    assertThat(engine.state().kvUsage()).isZero();
  }

  @Test
  void aClientThatLeavesTheQueueIsForgottenAndOthersAreServed() throws Exception {
    SimulatedEngine engine =
        start(EngineSettings.vllm("e", "m").withModel(EngineConfig.fast().withMaxSequences(1)));
    Socket first = send(engine, LONG_STREAM);
    await().until(() -> engine.state().running() == 1);
    Socket second = send(engine, LONG_STREAM);
    await().until(() -> engine.state().waiting() == 1);

    second.close();
    await().until(() -> engine.state().waiting() == 0);
    first.close();

    assertThat(post(engine, PATH, SHORT).statusCode()).isEqualTo(200);
    assertThat(engine.state().cancelled()).isEqualTo(2);
  }

  @Test
  void anEngineOnAllAddressesSaysSoInTheWordsItWasGiven() {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withAddress("0.0.0.0", 0));
    assertThat(engine.url()).isEqualTo("http://0.0.0.0:" + engine.address().getPort());
  }

  @Test
  void anIpv6AddressIsInBracketsInTheUrl() {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("::1"), 8000);
    assertThat(SimulatedEngine.url("::1", loopback)).isEqualTo("http://[0:0:0:0:0:0:0:1]:8000");
    InetSocketAddress all = new InetSocketAddress(InetAddress.ofLiteral("::"), 8000);
    assertThat(SimulatedEngine.url("::", all)).isEqualTo("http://[::]:8000");
  }

  @Test
  void hundredsThatVanishLeaveNothingBehind() throws Exception {
    EngineConfig slow = EngineConfig.fast().withTimes(Duration.ofMillis(1), Duration.ofSeconds(1));
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withModel(slow));
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sockets.add(send(engine, LONG_STREAM.replace("100000", "3000")));
    }
    await().until(() -> engine.state().running() == 256 && engine.state().waiting() == 44);

    for (Socket socket : sockets) {
      socket.close();
    }

    await().until(() -> engine.state().running() + engine.state().waiting() == 0);
    assertThat(engine.state().cancelled()).isEqualTo(300);
    await().until(() -> engine.state().connections() == 0);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      requests.append(
          http(
              "{\"model\":\"m\",\"prompt\":\"number" + i + "\"}",
              i < 4 ? "" : "Connection: close\r\n"));
    }
    String all;
    try (Socket socket = new Socket(engine.address().getAddress(), engine.address().getPort())) {
      socket.getOutputStream().write(requests.toString().getBytes(UTF_8));
      all = new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(6);
    assertThat(all).containsSubsequence("number0", "number1", "number2", "number3", "number4");
  }

  @Test
  void killingResetsConnectionsAndRestartingServesOnTheSameAddress() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    engine.faults(Fault.status(500).on("/health"));
    HttpResponse<InputStream> stream =
        client.send(request(engine, PATH, LONG_STREAM), BodyHandlers.ofInputStream());
    String url = engine.url();

    engine.close();

    assertThatThrownBy(() -> stream.body().readAllBytes()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(engine, "/health")).isInstanceOf(IOException.class);
    engine.restart();
    assertThat(engine.url()).isEqualTo(url);
    assertThat(get(engine, "/health").statusCode()).isEqualTo(200);
    assertThat(engine.state().received()).isZero();
  }

  @Test
  void manyEnginesShareAPortOnTheirOwnLoopbackAddresses() throws Exception {
    SimulatedEngine first = start(EngineSettings.vllm("one", "m").withAddress("127.0.1.1", 0));
    int port = first.address().getPort();
    SimulatedEngine second = start(EngineSettings.vllm("two", "m").withAddress("127.0.1.2", port));

    assertThat(post(first, PATH, SHORT).headers().firstValue("x-engine")).hasValue("one");
    assertThat(post(second, PATH, SHORT).headers().firstValue("x-engine")).hasValue("two");
    assertThat(second.url()).isEqualTo("http://127.0.1.2:" + port);
  }

  @Test
  void headersSetTokensAndTimes() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    long start = System.nanoTime();

    HttpResponse<String> response = threeTokens(engine, "120", "40");

    assertThat(data(response.body())).hasSize(4);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(199));
  }

  /** As for a thread that loses the processor while it takes the request. */
  @Test
  void aStreamWhoseFirstTokenIsDueAtOnceBeginsOnce() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));

    HttpResponse<String> response = threeTokens(engine, "0", "20");

    assertThat(data(response.body())).hasSize(4).last().isEqualTo("[DONE]");
  }

  @Test
  void theStateShowsTheLastRequestAndPrefixHits() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    String body = "{\"model\":\"m\",\"prompt\":\"" + "long prompt ".repeat(20_000) + "\"}";

    post(engine, PATH, body, "x-marker", "here");
    JsonNode again = json(post(engine, PATH, body, "x-marker", "here").body());
    JsonNode state = json(get(engine, "/sim/state").body());

    assertThat(again.at("/usage/prompt_tokens").asInt()).isEqualTo(60_001);
    assertThat(again.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(60_000);
    assertThat(state.at("/served").asInt()).isEqualTo(2);
    assertThat(state.at("/prefixHitTokens").asInt()).isEqualTo(60_000);
    assertThat(state.at("/lastRequest/uri").asText()).isEqualTo(PATH);
    assertThat(state.at("/lastRequest/headers/x-marker").asText()).isEqualTo("here");
    assertThat(state.at("/lastRequest/body").asText()).hasSize(64 << 10).isSubstringOf(body);
  }

  private static Socket send(SimulatedEngine engine, String body) throws IOException {
    Socket socket = new Socket(engine.address().getAddress(), engine.address().getPort());
    socket.getOutputStream().write(http(body, "x-sim-itl-ms: 200\r\n").getBytes(UTF_8));
    return socket;
  }

  private HttpResponse<String> threeTokens(SimulatedEngine engine, String ttft, String itl)
      throws IOException, InterruptedException {
    return post(
        engine, PATH, LONG_STREAM, "x-sim-tokens", "3", "x-sim-ttft-ms", ttft, "x-sim-itl-ms", itl);
  }

  private static String http(String body, String headers) {
    return "POST "
        + PATH
        + " HTTP/1.1\r\nHost: e\r\n"
        + headers
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
