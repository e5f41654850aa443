package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static io.ergane.proxy.RawClient.streamedChat;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.telemetry.RequestRecord;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The main path: a request goes to an engine and its answer comes back. */
class ServingTest {
  private static final String USAGE =
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}}";

  @Test
  void aPlainAnswerComesBackWithTheModelRewrittenOnTheWay() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(ScriptedEngine.ANSWER);
      assertThat(answer.header("x-request-id")).hasSize(36);
      assertThat(engine.requests.getFirst().text()).isEqualTo(chat("served"));
      proxy.assertQuiet();
      RequestRecord record = proxy.telemetry.last();
      assertThat(record.model).isEqualTo("m");
      assertThat(record.upstreamModel).isEqualTo("served");
      assertThat(record.inputTokens).isEqualTo(7);
      assertThat(record.outputTokens).isEqualTo(3);
      assertThat(record.status).isEqualTo(200);
      assertThat(record.requestId).isEqualTo(answer.header("x-request-id"));
    }
  }

  @Test
  void aStreamPassesWithUsageAskedForAndWithheld() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call ->
                call.streamHead()
                    .event("{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}")
                    .event("{\"choices\":[{\"delta\":{\"content\":\"b\"}}]}")
                    .event(USAGE)
                    .event("[DONE]")
                    .lastChunk());
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", streamedChat("m")));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body())
          .contains("\"a\"", "\"b\"")
          .endsWith("data: [DONE]\n\n")
          .doesNotContain("usage");
      assertThat(engine.requests.getFirst().text())
          .contains("\"stream_options\":{\"include_usage\":true}");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().outputTokens).isEqualTo(2);
      assertThat(proxy.telemetry.last().inputTokens).isEqualTo(7);
    }
  }

  @Test
  void usageThatTheClientAskedForStays() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> call.streamHead().event(USAGE).event("[DONE]").lastChunk());
        Fixture proxy = Fixture.with(engine).start()) {
      String body =
          "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"prompt\":\"x\"}";
      RawClient.Answer answer = proxy.ask(post("/v1/completions", body));

      assertThat(answer.body()).contains("completion_tokens");
      assertThat(engine.requests.getFirst().text()).isEqualTo(body.replace("\"m\"", "\"served\""));
    }
  }

  @Test
  void connectionsAreKeptOnBothSides() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.send(post("/v1/chat/completions", chat("m"))).read().status())
            .isEqualTo(200);
      }
      assertThat(engine.connections).hasValue(1);
      assertThat(engine.requests).hasSize(20);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (ScriptedEngine engine = new ScriptedEngine(call -> call.json(200, call.request.text()));
        Fixture proxy = Fixture.with(engine).upstreamModel(null).start();
        RawClient client = proxy.client()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append(post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"" + i + "\"}"));
        all.append("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.read().body()).contains("\"prompt\":\"" + i + "\"");
        assertThat(client.read().body()).isEqualTo("{\"message\":\"ok\"}");
      }
    }
  }

  @Test
  void aChunkedRequestArrivesWhole() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).upstreamModel(null).start();
        RawClient client = proxy.client()) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      String body = chat("m");
      for (int i = 0; i < body.length(); i += 7) {
        String piece = body.substring(i, Math.min(body.length(), i + 7));
        client.send(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
      }
      client.send("0\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(200);
      assertThat(engine.requests.getFirst().text()).isEqualTo(body);
      assertThat(engine.requests.getFirst().has("transfer-encoding")).isFalse();
    }
  }

  @Test
  void aLargeBodyGoesThroughUnchanged() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      String prompt = "lorem ipsum ".repeat(200_000);
      String body = "{\"prompt\":\"" + prompt + "\",\"model\":\"m\",\"max_tokens\":3}";

      assertThat(proxy.ask(post("/v1/completions", body)).status()).isEqualTo(200);
      assertThat(engine.requests.getFirst().text())
          .isEqualTo(body.replace("\"model\":\"m\"", "\"model\":\"served\""));
    }
  }
}
