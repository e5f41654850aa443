package io.ergane.e2e;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.ergane.e2e.SteadyLoad.Outcome;

/** Chat requests of OpenAI's own Java client, plain and streamed by turns. It tries each once. */
public final class OpenAiRequests implements SteadyLoad.Request, AutoCloseable {
  private final OpenAIClient client;
  private final String model;
  private final int tokens;

  /**
   * @param base URL of the API, ending in {@code /v1}
   * @param tokens that an answer has
   */
  public OpenAiRequests(String base, String model, int tokens) {
    this.client = OpenAIOkHttpClient.builder().baseUrl(base).apiKey("any").maxRetries(0).build();
    this.model = model;
    this.tokens = tokens;
  }

  @Override
  public Outcome send(int number) {
    ChatCompletionCreateParams request =
        ChatCompletionCreateParams.builder()
            .model(model)
            .addUserMessage("question " + number)
            .maxCompletionTokens(tokens)
            .build();
    long begun = System.nanoTime();
    try {
      return number % 2 == 0 ? plain(request, begun) : streamed(request, begun);
    } catch (SseException e) {
      return outcome(begun, 200, "", false, String.valueOf(e.getMessage()));
    } catch (OpenAIServiceException e) {
      String text = "{\"type\":\"%s\"} %s".formatted(e.type().orElse(""), e.getMessage());
      return outcome(begun, e.statusCode(), "", false, text);
    } catch (OpenAIException e) {
      return outcome(begun, -1, "", false, e + " " + e.getCause());
    }
  }

  private Outcome plain(ChatCompletionCreateParams request, long begun) {
    try (HttpResponseFor<ChatCompletion> answer =
        client.chat().completions().withRawResponse().create(request)) {
      ChatCompletion completion = answer.parse();
      boolean whole =
          completion.usage().isPresent()
              && completion.choices().size() == 1
              && completion.choices().getFirst().message().content().isPresent();
      return outcome(
          begun, answer.statusCode(), engine(answer.headers()), whole, completion.toString());
    }
  }

  private Outcome streamed(ChatCompletionCreateParams request, long begun) {
    try (HttpResponseFor<StreamResponse<ChatCompletionChunk>> answer =
            client.chat().completions().withRawResponse().createStreaming(request);
        StreamResponse<ChatCompletionChunk> chunks = answer.parse()) {
      StringBuilder text = new StringBuilder();
      boolean whole = false;
      for (ChatCompletionChunk chunk : (Iterable<ChatCompletionChunk>) chunks.stream()::iterator) {
        for (ChatCompletionChunk.Choice choice : chunk.choices()) {
          choice.delta().content().ifPresent(text::append);
          whole |= choice.finishReason().isPresent();
        }
      }
      return outcome(begun, answer.statusCode(), engine(answer.headers()), whole, text.toString());
    }
  }

  private static Outcome outcome(
      long begun, int status, String engine, boolean whole, String text) {
    return new Outcome("", begun, System.nanoTime(), status, engine, whole, text);
  }

  private static String engine(Headers headers) {
    return headers.values("x-engine").stream().findFirst().orElse("");
  }

  @Override
  public void close() {
    client.close();
  }
}
