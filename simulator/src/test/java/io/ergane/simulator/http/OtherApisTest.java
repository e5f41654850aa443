package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OtherApisTest extends EngineTest {
  private SimulatedEngine engine;

  @BeforeEach
  void start() {
    engine = start(EngineSettings.vllm("e", "m"));
  }

  @Test
  void completionsAnswerInText() throws Exception {
    JsonNode body =
        json(
            post(engine, "/v1/completions", "{\"model\":\"m\",\"prompt\":\"one two\",\"n\":1}")
                .body());

    assertThat(body.at("/object").asText()).isEqualTo("text_completion");
    assertThat(body.at("/choices/0/text").asText())
        .isEqualTo("Hello from e serving m. You said: one two");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
  }

  @Test
  void completionsStreamWithoutUsageUnlessAsked() throws Exception {
    String stream =
        post(
                engine,
                "/v1/completions",
                "{\"model\":\"m\",\"prompt\":\"x\",\"max_tokens\":40,\"ignore_eos\":true,\"stream\":true}")
            .body();

    List<String> events = data(stream);
    assertThat(events).hasSize(41).last().isEqualTo("[DONE]");
    assertThat(json(events.get(39)).at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(json(events.get(39)).at("/choices/0/text").asText()).isEqualTo(" x");
    assertThat(json(events.get(38)).at("/choices/0/finish_reason").isNull()).isTrue();
    assertThat(stream).doesNotContain("usage");
  }

  @Test
  void tokenIdsAreAPrompt() throws Exception {
    JsonNode body =
        json(post(engine, "/v1/completions", "{\"model\":\"m\",\"prompt\":[5,6,7]}").body());

    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void messagesAnswerInAnthropicForm() throws Exception {
    JsonNode body =
        json(
            post(
                    engine,
                    "/v1/messages",
                    """
                    {"model":"m","max_tokens":4,"system":"be brief",
                     "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}\
                    """)
                .body());

    assertThat(body.at("/type").asText()).isEqualTo("message");
    assertThat(body.at("/content/0/text").asText()).isEqualTo("Hello from e serving");
    assertThat(body.at("/stop_reason").asText()).isEqualTo("max_tokens");
    assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(4);
    assertThat(body.at("/usage/input_tokens").asInt()).isPositive();
  }

  @Test
  void messagesStreamTheAnthropicSequence() throws Exception {
    String stream =
        post(
                engine,
                "/v1/messages",
                "{\"model\":\"m\",\"max_tokens\":2,\"stream\":true,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")
            .body();

    assertThat(types(stream))
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    JsonNode delta = json(data(stream).get(5));
    assertThat(delta.at("/usage/output_tokens").asInt()).isEqualTo(2);
    assertThat(delta.at("/delta/stop_reason").asText()).isEqualTo("max_tokens");
  }

  @Test
  void responsesAnswerWithOutputText() throws Exception {
    JsonNode body =
        json(post(engine, "/v1/responses", "{\"model\":\"m\",\"input\":\"hi there\"}").body());

    assertThat(body.at("/object").asText()).isEqualTo("response");
    assertThat(body.at("/status").asText()).isEqualTo("completed");
    assertThat(body.at("/output/0/content/0/text").asText())
        .isEqualTo("Hello from e serving m. You said: hi there");
    assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(9);
  }

  @Test
  void responsesStreamFromCreatedToCompleted() throws Exception {
    String stream =
        post(
                engine,
                "/v1/responses",
                """
                {"model":"m","stream":true,"max_output_tokens":3,
                 "input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]}]}\
                """)
            .body();

    assertThat(types(stream))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    List<String> events = data(stream);
    for (int i = 0; i < events.size(); i++) {
      assertThat(json(events.get(i)).at("/sequence_number").asInt()).isEqualTo(i);
    }
    JsonNode last = json(events.getLast());
    assertThat(last.at("/response/usage/output_tokens").asInt()).isEqualTo(3);
    assertThat(last.at("/response/output/0/content/0/text").asText()).isEqualTo("Hello from e");
    assertThat(last.at("/response/incomplete_details/reason").asText())
        .isEqualTo("max_output_tokens");
  }

  @Test
  void embeddingsOfEqualInputsAreEqualInNumbersAndInBase64() throws Exception {
    String inputs = "{\"model\":\"m\",\"input\":[\"a\",\"b\",\"a\"]";

    JsonNode numbers = json(post(engine, "/v1/embeddings", inputs + "}").body());
    JsonNode packed =
        json(post(engine, "/v1/embeddings", inputs + ",\"encoding_format\":\"base64\"}").body());

    assertThat(numbers.at("/data").size()).isEqualTo(3);
    assertThat(numbers.at("/data/0/embedding")).isEqualTo(numbers.at("/data/2/embedding"));
    assertThat(numbers.at("/data/0/embedding")).isNotEqualTo(numbers.at("/data/1/embedding"));
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(packed.at("/data/1/embedding").asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (JsonNode value : numbers.at("/data/1/embedding")) {
      assertThat(bytes.getFloat()).isEqualTo(value.floatValue());
    }
    assertThat(engine.state().running()).isZero();
  }

  @Test
  void aRerankPutsTheDocumentThatSharesMostWordsFirst() throws Exception {
    JsonNode body =
        json(
            post(
                    engine,
                    "/v1/rerank",
                    """
                    {"model":"m","query":"red apple","top_n":2,
                     "documents":["blue sky","a red apple","red car"]}\
                    """)
                .body());

    assertThat(body.at("/results").size()).isEqualTo(2);
    assertThat(body.at("/results/0/index").asInt()).isEqualTo(1);
    assertThat(body.at("/results/0/document/text").asText()).isEqualTo("a red apple");
    assertThat(body.at("/results/1/index").asInt()).isEqualTo(2);
  }

  @Test
  void tokenizingAndBackGivesTheText() throws Exception {
    JsonNode tokens =
        json(post(engine, "/tokenize", "{\"model\":\"m\",\"prompt\":\"naïve text\"}").body());

    assertThat(tokens.at("/count").asInt()).isEqualTo(tokens.at("/tokens").size()).isPositive();
    JsonNode text =
        json(
            post(engine, "/detokenize", "{\"model\":\"m\",\"tokens\":" + tokens.at("/tokens") + "}")
                .body());
    assertThat(text.at("/prompt").asText()).isEqualTo("naïve text");
  }

  @Test
  void sglangTokenizesChatsAndDetokenizesToText() throws Exception {
    SimulatedEngine sglang = start(EngineSettings.vllm("s", "m").withFlavour(Flavour.SGLANG));

    JsonNode chat =
        json(
            post(
                    sglang,
                    "/tokenize",
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")
                .body());

    assertThat(chat.at("/tokens").size()).isEqualTo(2);
    assertThat(json(post(sglang, "/detokenize", "{\"tokens\":[97]}").body()).at("/text").asText())
        .isEqualTo("a");
  }

  private static List<String> types(String stream) throws IOException {
    List<String> types = new ArrayList<>();
    for (String event : stream.split("\n\n")) {
      String name = event.substring("event: ".length(), event.indexOf('\n'));
      assertThat(json(event.substring(event.indexOf("data: ") + 6)).at("/type").asText())
          .isEqualTo(name);
      types.add(name);
    }
    return types;
  }
}
