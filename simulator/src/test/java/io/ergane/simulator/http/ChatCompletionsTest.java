package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChatCompletionsTest extends EngineTest {
  private static final String HELLO =
      """
      {"model":"m1","messages":[{"role":"user","content":"the quick fox"}]\
      """;

  @Test
  void anAnswerNamesItsEngineAndModelAndEchoesThePrompt() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("engine-1", "m1"));

    HttpResponse<String> response = post(engine, "/v1/chat/completions", HELLO + "}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-engine")).hasValue("engine-1");
    JsonNode body = json(response.body());
    assertThat(body.at("/object").asText()).isEqualTo("chat.completion");
    assertThat(body.at("/model").asText()).isEqualTo("m1");
    assertThat(body.at("/choices/0/message/content").asText())
        .isEqualTo("Hello from engine-1 serving m1. You said: the quick fox");
    assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(10);
    assertThat(body.at("/usage/total_tokens").asInt())
        .isEqualTo(body.at("/usage/prompt_tokens").asInt() + 10);
  }

  @Test
  void aStreamHasOneEventForEachTokenAndUsageWhenAsked() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("engine-1", "m1"));

    HttpResponse<String> response =
        post(
            engine,
            "/v1/chat/completions",
            HELLO
                + ",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":5}");

    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    List<String> events = data(response.body());
    assertThat(events).hasSize(1 + 5 + 1 + 1);
    assertThat(json(events.get(0)).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
    StringBuilder text = new StringBuilder();
    for (String event : events.subList(1, 6)) {
      text.append(json(event).at("/choices/0/delta/content").asText());
    }
    assertThat(text).hasToString("Hello from engine-1 serving m1.");
    assertThat(json(events.get(5)).at("/choices/0/finish_reason").asText()).isEqualTo("length");
    JsonNode usage = json(events.get(6));
    assertThat(usage.at("/choices").size()).isZero();
    assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(5);
    assertThat(events.get(7)).isEqualTo("[DONE]");
  }
}
