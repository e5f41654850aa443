package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

final class AdaptersTest extends EngineTest {
  private static final String LOAD = "{\"lora_name\":\"lora-A\",\"lora_path\":\"/a\"}";
  private static final String CHAT =
      "{\"model\":\"lora-A\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @Test
  void anAdapterAnswersWhileItIsLoaded() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    assertThat(post(engine, "/v1/chat/completions", CHAT).statusCode()).isEqualTo(404);

    assertThat(post(engine, "/v1/load_lora_adapter", LOAD).statusCode()).isEqualTo(200);
    assertThat(post(engine, "/v1/load_lora_adapter", LOAD).statusCode()).isEqualTo(400);

    JsonNode models = json(get(engine, "/v1/models").body()).at("/data");
    assertThat(models.size()).isEqualTo(2);
    assertThat(models.at("/1/id").asText()).isEqualTo("lora-A");
    assertThat(models.at("/1/parent").asText()).isEqualTo("m");
    assertThat(models.at("/0/parent").isNull()).isTrue();
    assertThat(post(engine, "/v1/chat/completions", CHAT).body()).contains("lora-A");
    assertThat(get(engine, "/metrics").body()).contains("running_lora_adapters=\"lora-A\"");

    assertThat(post(engine, "/v1/unload_lora_adapter", LOAD).statusCode()).isEqualTo(200);
    assertThat(post(engine, "/v1/unload_lora_adapter", LOAD).statusCode()).isEqualTo(404);
    assertThat(post(engine, "/v1/chat/completions", CHAT).statusCode()).isEqualTo(404);
  }

  @Test
  void sglangHasItsOwnPathsAndAnswers() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withFlavour(Flavour.SGLANG));

    assertThat(post(engine, "/v1/load_lora_adapter", LOAD).statusCode()).isEqualTo(404);
    JsonNode loaded = json(post(engine, "/load_lora_adapter", LOAD).body());

    assertThat(loaded.at("/success").asBoolean()).isTrue();
    assertThat(loaded.at("/loaded_adapters/lora-A").asText()).isEqualTo("/a");
    assertThat(post(engine, "/load_lora_adapter", LOAD).statusCode()).isEqualTo(400);
    assertThat(post(engine, "/v1/chat/completions", CHAT).statusCode()).isEqualTo(200);
    assertThat(post(engine, "/unload_lora_adapter", LOAD).statusCode()).isEqualTo(200);
    assertThat(json(get(engine, "/v1/models").body()).at("/data").size()).isEqualTo(1);
  }

  @Test
  void adaptersOfTheSettingsAreThereFromTheStartAndShareNoCache() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withLoras("lora-A"));
    String prompt = ",\"prompt\":\"" + "word ".repeat(100) + "\"}";

    post(engine, "/v1/completions", "{\"model\":\"m\"" + prompt);
    JsonNode adapter =
        json(post(engine, "/v1/completions", "{\"model\":\"lora-A\"" + prompt).body());

    assertThat(adapter.at("/model").asText()).isEqualTo("lora-A");
    assertThat(adapter.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isZero();
  }
}
