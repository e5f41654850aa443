package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.ergane.simulator.http.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own Java client, pointed at the gateway. */
@TestInstance(Lifecycle.PER_CLASS)
final class OpenAiClientTest {
  private static final String SERVED = "Qwen/Qwen3-8B";

  private Gateway gateway;
  private OpenAIClient client;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway =
        Gateway.in(folder)
            .engine("one", "qwen", SERVED)
            .engine("two", "qwen", SERVED)
            .manifest(
                "models.yaml", Manifests.server("qwen", SERVED), Manifests.route("chat", "qwen"))
            .start();
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(gateway.url() + "/v1")
            .apiKey("a key of the client")
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void heal() {
    gateway.engines().values().forEach(engine -> engine.clearFaults());
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void getsAChatCompletion() {
    ChatCompletion answer = client.chat().completions().create(chat("chat"));

    assertThat(answer.choices()).hasSize(1);
    assertThat(answer.choices().get(0).message().content())
        .hasValueSatisfying(text -> assertThat(text).contains("hello"));
    assertThat(answer.usage()).hasValueSatisfying(u -> assertThat(u.promptTokens()).isPositive());
  }

  @Test
  void getsAStreamedChatCompletion() {
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat("chat"))) {
      List<ChatCompletionChunk> chunks = stream.stream().toList();

      assertThat(text(chunks)).contains("serving " + SERVED).contains("hello");
      assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.choices()).isNotEmpty());
    }
  }

  @Test
  void getsACompletion() {
    Completion answer =
        client
            .completions()
            .create(CompletionCreateParams.builder().model("chat").prompt("hello").build());

    assertThat(answer.choices().get(0).text()).contains("hello");
  }

  @Test
  void getsAResponse() {
    Response answer = client.responses().create(response());

    assertThat(answer.output()).isNotEmpty();
    assertThat(answer.output().toString()).contains("hello");
  }

  @Test
  void getsAStreamedResponse() {
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(response())) {
      List<ResponseStreamEvent> events = stream.stream().toList();

      assertThat(events).anyMatch(ResponseStreamEvent::isOutputTextDelta);
      assertThat(events.getLast().isCompleted()).isTrue();
    }
  }

  @Test
  void getsEmbeddings() {
    CreateEmbeddingResponse answer =
        client
            .embeddings()
            .create(EmbeddingCreateParams.builder().model("chat").input("hello").build());

    assertThat(answer.data()).hasSize(1);
    assertThat(answer.data().get(0).embedding()).isNotEmpty();
  }

  @Test
  void listsTheModelsOfTheRoutes() {
    assertThat(client.models().list().items()).extracting(Model::id).containsExactly("chat");
  }

  @Test
  void anUnknownModelIsNotFoundAndTheMessageNamesTheServedOnes() {
    NotFoundException error =
        catchThrowableOfType(
            NotFoundException.class, () -> client.chat().completions().create(chat("no-such")));

    assertThat(error).isNotNull();
    assertThat(error).hasMessageContaining("route not found").hasMessageContaining("no-such");
    assertThat(error).hasMessageContaining("chat");
    assertThat(error.code()).contains("model_not_found");
    assertThat(error.type()).contains("invalid_request_error");
    assertThat(error.headers().values("x-request-id")).hasSize(1);
  }

  @Test
  void whenEveryEngineIsBusyTheRateLimitAndItsRetryAfterReachTheClient() {
    gateway
        .engines()
        .values()
        .forEach(engine -> engine.faults(Fault.status(429).withRetryAfter(7)));

    RateLimitException error =
        catchThrowableOfType(
            RateLimitException.class, () -> client.chat().completions().create(chat("chat")));

    assertThat(error).isNotNull();
    assertThat(error.headers().values("retry-after")).containsExactly("7");
  }

  @Test
  void anErrorOfTheEngineIsPassedOnUnchanged() {
    gateway.engines().values().forEach(engine -> engine.faults(Fault.status(422)));

    assertThatThrownBy(() -> client.chat().completions().create(chat("chat")))
        .isInstanceOfSatisfying(
            OpenAIServiceException.class, error -> assertThat(error.statusCode()).isEqualTo(422));
  }

  @Test
  void aStreamThatBreaksOffEndsWithAnError() {
    gateway
        .engines()
        .values()
        .forEach(engine -> engine.faults(Fault.reset(Fault.Point.MID_STREAM).times(1)));

    assertThatThrownBy(
            () -> {
              try (StreamResponse<ChatCompletionChunk> stream =
                  client.chat().completions().createStreaming(chat("chat"))) {
                assertThat(stream.stream().toList()).isEmpty();
              }
            })
        .isInstanceOf(SseException.class)
        .hasMessageContaining("The engine broke off its answer");
  }

  private static ChatCompletionCreateParams chat(String model) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello").build();
  }

  private static ResponseCreateParams response() {
    return ResponseCreateParams.builder().model("chat").input("hello").build();
  }

  private static String text(List<ChatCompletionChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.choices().get(0).delta().content().stream())
        .collect(Collectors.joining());
  }
}
