package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.simulator.model.EngineConfig;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RefusalsTest extends EngineTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void anUnknownModelIsNotFound() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));

    HttpResponse<String> response = post(engine, CHAT, chat("x"));

    assertThat(response.statusCode()).isEqualTo(404);
    JsonNode error = json(response.body()).at("/error");
    assertThat(error.at("/message").asText()).isEqualTo("The model `x` does not exist.");
    assertThat(error.at("/type").asText()).isEqualTo("NotFoundError");
    assertThat(error.at("/code").asInt()).isEqualTo(404);
    assertThat(engine.state().refused()).isEqualTo(1);
  }

  @Test
  void anUnknownModelOfMessagesIsNotFoundInAnthropicForm() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));

    JsonNode body = json(post(engine, "/v1/messages", chat("x")).body());

    assertThat(body.at("/type").asText()).isEqualTo("error");
    assertThat(body.at("/error/type").asText()).isEqualTo("not_found_error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"model\":\"m\"}",
        "{\"messages\":[]}",
        "{\"model\":5,\"prompt\":\"x\"}",
        "{\"model\":\"m\",\"prompt\":\"x\",\"max_tokens\":0}",
        "{\"model\":\"m\",\"prompt\":\"x\",\"stream\":\"yes\"}",
        "{\"model\":\"m\",\"prompt\":\"x\"} more",
        "{\"model\":\"m\",\"prompt\":\"\\u00"
      })
  void anUnusableBodyIsABadRequestAndTheConnectionStaysUsable(String body) throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));

    HttpResponse<String> response = post(engine, "/v1/completions", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/type").asText()).isEqualTo("BadRequestError");
    assertThat(post(engine, CHAT, chat("m")).statusCode()).isEqualTo(200);
    assertThat(engine.state().connections()).isEqualTo(1);
  }

  @Test
  void aRequestBeyondTheContextIsABadRequest() throws Exception {
    EngineConfig config = EngineConfig.fast().withKvCache(8, 8);
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withModel(config));

    HttpResponse<String> response = post(engine, CHAT, chat("m"), "x-sim-tokens", "64");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("maximum context length is 64 tokens");
    assertThat(post(engine, CHAT, chat("m")).statusCode()).isEqualTo(200);
  }

  @Test
  void aKeyIsWantedUnderV1Only() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withApiKey("secret"));

    assertThat(post(engine, CHAT, chat("m")).statusCode()).isEqualTo(401);
    assertThat(post(engine, CHAT, chat("m"), "authorization", "Bearer other").statusCode())
        .isEqualTo(401);
    assertThat(get(engine, "/v1/models").statusCode()).isEqualTo(401);
    assertThat(get(engine, "/health").statusCode()).isEqualTo(200);
    assertThat(get(engine, "/metrics").statusCode()).isEqualTo(200);
    assertThat(post(engine, CHAT, chat("m"), "authorization", "Bearer secret").statusCode())
        .isEqualTo(200);
  }

  @Test
  void unknownPathsAndTimingsThatAreNoNumbersAreRefused() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));

    assertThat(get(engine, "/v1/nothing").statusCode()).isEqualTo(404);
    assertThat(get(engine, CHAT).statusCode()).isEqualTo(404);
    assertThat(post(engine, CHAT, chat("m"), "x-sim-ttft-ms", "soon").statusCode()).isEqualTo(400);
    assertThat(post(engine, CHAT, chat("m"), "x-sim-tokens", "-1").statusCode()).isEqualTo(400);
    assertThat(engine.state().running()).isZero();
  }

  private static String chat(String model) {
    return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  }
}
