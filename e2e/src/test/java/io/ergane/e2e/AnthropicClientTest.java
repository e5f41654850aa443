package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import io.ergane.simulator.http.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Anthropic's own Java client, pointed at the gateway. */
@TestInstance(Lifecycle.PER_CLASS)
final class AnthropicClientTest {
  private static final String SERVED = "Qwen/Qwen3-8B";

  private Gateway gateway;
  private AnthropicClient client;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway =
        Gateway.in(folder)
            .engine("one", "qwen", SERVED)
            .manifest(
                "models.yaml", Manifests.server("qwen", SERVED), Manifests.route("chat", "qwen"))
            .start();
    client =
        AnthropicOkHttpClient.builder()
            .baseUrl(gateway.url())
            .apiKey("a key of the client")
            .maxRetries(0)
            .build();
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void getsAMessage() {
    Message answer = client.messages().create(message("chat"));

    assertThat(answer.content().get(0).asText().text()).contains("hello");
    assertThat(answer.usage().inputTokens()).isPositive();
  }

  @Test
  void getsAStreamedMessage() {
    try (StreamResponse<RawMessageStreamEvent> stream =
        client.messages().createStreaming(message("chat"))) {
      List<RawMessageStreamEvent> events = stream.stream().toList();

      assertThat(events.getFirst().isMessageStart()).isTrue();
      assertThat(events.getLast().isMessageStop()).isTrue();
      assertThat(text(events)).contains("serving " + SERVED).contains("hello");
    }
  }

  @Test
  void anUnknownModelIsNotFoundInTheShapeOfTheApi() {
    NotFoundException error =
        catchThrowableOfType(
            NotFoundException.class, () -> client.messages().create(message("no-such")));

    assertThat(error).isNotNull();
    assertThat(error.body().toString())
        .contains("type=error", "not_found_error", "route not found", "no-such");
  }

  @Test
  void aBusyEngineIsARateLimit() {
    gateway.engine("one").faults(Fault.status(429).withRetryAfter(3).times(1));

    RateLimitException error =
        catchThrowableOfType(
            RateLimitException.class, () -> client.messages().create(message("chat")));

    assertThat(error).isNotNull();
    assertThat(error.headers().values("retry-after")).containsExactly("3");
  }

  private static MessageCreateParams message(String model) {
    return MessageCreateParams.builder().model(model).maxTokens(64).addUserMessage("hello").build();
  }

  private static String text(List<RawMessageStreamEvent> events) {
    return events.stream()
        .flatMap(event -> event.contentBlockDelta().stream())
        .flatMap(event -> event.delta().text().stream())
        .map(delta -> delta.text())
        .collect(Collectors.joining());
  }
}
