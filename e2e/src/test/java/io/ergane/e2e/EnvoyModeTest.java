package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.ergane.cli.UserError;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same manifests, served through a real Envoy. */
@NeedsPart(Part.ENVOY)
final class EnvoyModeTest {
  private static final String MODEL = "vendor/model";
  private static final int REQUESTS = 20;
  private static final int CHUNKS = 40;

  @TempDir Path folder;

  private Gateway gateway;

  @BeforeEach
  void declare() throws IOException {
    gateway =
        Gateway.in(folder)
            .engine("a-1", "a", MODEL)
            .engine("a-2", "a", MODEL)
            .engine("b-1", "b", MODEL)
            .manifest("models.yaml", Manifests.server("a", MODEL))
            .manifest("route.yaml", Manifests.route("live", "a"));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void openAisClientGetsAnAnswerWholeAndStreamed() throws Exception {
    gateway.startWithEnvoy();
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(gateway.url() + "/v1")
            .apiKey("a key of the client")
            .maxRetries(0)
            .build();
    ChatCompletionCreateParams chat =
        ChatCompletionCreateParams.builder().model("live").addUserMessage("hello").build();
    try {
      ChatCompletion whole = client.chat().completions().create(chat);
      assertThat(whole.choices().getFirst().message().content().orElseThrow()).contains("hello");

      try (StreamResponse<ChatCompletionChunk> stream =
          client.chat().completions().createStreaming(chat)) {
        String text =
            stream.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(choice -> choice.delta().content().orElse(""))
                .collect(Collectors.joining());
        assertThat(text).contains("serving " + MODEL, "hello");
      }
      assertThat(client.models().list().data()).extracting(model -> model.id()).contains("live");
    } finally {
      client.close();
    }
  }

  @Test
  void envoyAsksTwiceARequestAndNeverForAChunkOfAnAnswer() throws Exception {
    gateway.startWithEnvoy();
    long sent = envoyCounter("stream_msgs_sent");
    long received = envoyCounter("stream_msgs_received");

    for (int i = 0; i < REQUESTS; i++) {
      HttpResponse<String> answer =
          gateway
              .web()
              .post(
                  gateway.chatUrl(),
                  Chats.streamed("live", "hello " + i, CHUNKS),
                  "x-sim-tokens",
                  String.valueOf(CHUNKS));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().split("data: ", -1)).hasSizeGreaterThan(CHUNKS);
    }

    assertThat(envoyCounter("stream_msgs_sent") - sent).isEqualTo(2L * REQUESTS);
    assertThat(envoyCounter("stream_msgs_received") - received).isEqualTo(2L * REQUESTS);
  }

  /** The sum of one of the external processor's counters over Envoy's filters. */
  private long envoyCounter(String name) throws IOException, InterruptedException {
    String filter = URLEncoder.encode("ext_proc\\..*" + name + "$", StandardCharsets.UTF_8);
    String url = gateway.envoy().envoyAdmin() + "/stats?format=json&filter=" + filter;
    JsonNode stats = new ObjectMapper().readTree(gateway.web().get(url).body()).path("stats");
    assertThat(stats.size()).as("statistics of %s", name).isPositive();
    long sum = 0;
    for (JsonNode stat : stats) {
      sum += stat.path("value").asLong();
    }
    return sum;
  }

  @Test
  void aBodyInGzipIsServedAndWhatIsNoneOrABombIsRefused() throws Exception {
    gateway.startWithEnvoy();
    String chat = Chats.body("live", "hello");

    assertThat(inGzip(packed(chat)).statusCode()).isEqualTo(200);
    assertThat(inGzip(chat.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(400);
    String bomb = Chats.body("live", " ".repeat(50 << 20));
    assertThat(inGzip(packed(bomb)).statusCode()).isEqualTo(400);
    assertThat(inGzip(packed(chat)).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> inGzip(byte[] body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(gateway.chatUrl()))
              .header("content-type", "application/json")
              .header("content-encoding", "gzip")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static byte[] packed(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  @Test
  void aDecisionIsExplainedWithItsOutcome() throws Exception {
    gateway.startWithEnvoy();

    HttpResponse<String> answer = gateway.chat("live", "hello");

    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    await()
        .atMost(Gateway.PATIENCE)
        .untilAsserted(() -> {
          JsonNode decision = gateway.debug("/debug/decisions/" + id);
          assertThat(decision.path("modelServer").asText()).isEqualTo("default/a");
          assertThat(decision.path("status").asInt()).isEqualTo(200);
          assertThat(decision.path("pod").asText())
              .isEqualTo("default/" + answer.headers().firstValue("x-engine").orElseThrow());
          assertThat(decision.path("inputTokens").asInt()).isPositive();
          assertThat(decision.path("outputTokens").asInt()).isPositive();
          assertThat(decision.path("endpoints")).hasSize(2);
        });
  }

  @Test
  void anEditThatReplacesAPoolMovesTrafficAndNoRequestFails() throws Exception {
    gateway.startWithEnvoy();
    List<SteadyLoad.Outcome> outcomes;
    try (SteadyLoad load =
        SteadyLoad.start(gateway, 4, Duration.ofMillis(2), i -> Chats.body("live", "hi " + i))) {
      load.awaitMore(20);
      gateway.manifest("route.yaml", Manifests.route("live", "b"), Manifests.server("b", MODEL));
      gateway.manifest("models.yaml", "# none\n");
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> load.outcomes().getLast().engine().equals("b-1"));
      load.awaitMore(200);
      outcomes = load.outcomes();
    }

    LostRequests.none(outcomes);
    assertThat(outcomes.subList(outcomes.size() - 10, outcomes.size()))
        .allSatisfy(outcome -> assertThat(outcome.engine()).isEqualTo("b-1"));
  }

  @Test
  void theStatusShowsWhatEnvoyRuns() throws Exception {
    gateway.startWithEnvoy();
    String admin = "http://127.0.0.1:" + gateway.running().adminPort();

    try (CommandLine status = CommandLine.start(folder, "xds", "status", "--admin", admin)) {
      assertThat(status.exitCode()).as("%s", status).isZero();
      assertThat(status.out())
          .contains("routes", "live on 1 of 1 nodes at version", "envoy", "1.40")
          .doesNotContain("rejected");
    }
  }

  @Test
  void whatEnvoyRejectsIsSaidWithItsReason() throws Exception {
    Path garbled = Files.writeString(folder.resolve("garbled.pem"), "no certificate");

    assertThatThrownBy(
            () -> gateway.startWithEnvoy("--tls-cert=" + garbled, "--tls-key=" + garbled))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Envoy does not serve")
        .hasMessageContaining("rejects Listener ergane")
        .hasMessageContaining(garbled.toString());
  }

  @Test
  void anEnvoyThatDiesIsStartedAgain() throws Exception {
    gateway.startWithEnvoy("--port=" + Ports.free());
    ProcessHandle envoy = ProcessHandle.of(gateway.envoy().envoyPid()).orElseThrow();

    envoy.destroyForcibly();

    await().atMost(Gateway.PATIENCE).until(() -> !envoy.isAlive());
    await()
        .atMost(Gateway.PATIENCE)
        .ignoreExceptions()
        .until(() -> gateway.chat("live", "hello").statusCode() == 200);
  }

  @Test
  void theCommandDrainsOnSigterm() throws Exception {
    try (CommandLine up = up()) {
      String url = up.awaitUrl();
      HttpResponse<java.io.InputStream> stream =
          gateway
              .web()
              .open(
                  url + "/v1/chat/completions",
                  Chats.streamed(MODEL, "a story", 25),
                  "x-sim-ttft-ms",
                  "1",
                  "x-sim-itl-ms",
                  "100",
                  "x-sim-tokens",
                  "25");
      assertThat(stream.statusCode()).isEqualTo(200);

      up.terminate();

      try (java.io.InputStream body = stream.body()) {
        assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).contains("[DONE]");
      }
      assertThat(up.exitCode()).as("%s", up).isEqualTo(143);
      assertThat(up.err()).contains("Drained: no request is left.").doesNotContain("ERROR");
    }
  }

  @Test
  void envoyDoesNotOutliveACommandThatIsKilled() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")));
    try (CommandLine up = up()) {
      up.awaitErr("Ctrl-C drains");
      List<ProcessHandle> children = up.children();
      assertThat(children).isNotEmpty();

      up.close();

      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  private CommandLine up() throws IOException {
    EngineSettings settings = EngineSettings.vllm("up", MODEL);
    gateway.engine(settings.withModel(Gateway.QUICK), "up");
    return CommandLine.upWithEnvoy(folder, MODEL + "=" + gateway.engine("up").url());
  }
}
