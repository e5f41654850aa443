package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server, as JSON over the client library's transport, which adds credentials
 * and renews them. Nothing is tried twice here: what asks knows whether that is safe.
 */
final class Api {
  static final ObjectMapper JSON = JsonMapper.builder().build();

  private static final String PLAIN = "application/json";

  private final KubernetesClient client;
  private final String root;
  private final RateLimit limit;
  private final Duration answer;

  Api(KubernetesClient client, RateLimit limit, Duration answer) {
    this.client = client;
    String url = client.getMasterUrl().toString();
    this.root = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.limit = limit;
    this.answer = answer;
  }

  /** How a change is described. */
  enum Patch {
    MERGE("application/merge-patch+json"),
    APPLY("application/apply-patch+yaml");

    private final String contentType;

    Patch(String contentType) {
      this.contentType = contentType;
    }
  }

  Map<String, Object> get(String path) {
    return tree(bytes(request(path).build()));
  }

  byte[] getBytes(String path) {
    return bytes(request(path).build());
  }

  Map<String, Object> create(String path, Object body) {
    return tree(bytes(request(path).method("POST", PLAIN, text(body)).build()));
  }

  Map<String, Object> replace(String path, Object body) {
    return tree(bytes(request(path).method("PUT", PLAIN, text(body)).build()));
  }

  Map<String, Object> patch(String path, Patch how, Object body) {
    return tree(bytes(request(path).method("PATCH", how.contentType, text(body)).build()));
  }

  Map<String, Object> delete(String path, Object options) {
    return tree(bytes(request(path).method("DELETE", PLAIN, text(options)).build()));
  }

  /** Opens a stream of changes; the caller closes it, from any thread. */
  InputStream watch(String path) {
    HttpRequest request = request(path).forStreaming().build();
    HttpResponse<InputStream> response =
        await(client.getHttpClient().sendAsync(request, InputStream.class));
    if (response.isSuccessful()) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw refused(response.code(), body.readNBytes(1 << 16));
    } catch (IOException e) {
      throw new ApiException("the API server refused a watch: " + response.code(), e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return client
        .getHttpClient()
        .newHttpRequestBuilder()
        .uri(root + path)
        .header("Accept", PLAIN)
        .timeout(answer.toMillis(), TimeUnit.MILLISECONDS);
  }

  private byte[] bytes(HttpRequest request) {
    limit.take();
    HttpResponse<byte[]> response = await(client.getHttpClient().sendAsync(request, byte[].class));
    byte[] body = response.body();
    if (!response.isSuccessful()) {
      throw refused(response.code(), body == null ? new byte[0] : body);
    }
    return body;
  }

  private <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(answer.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ApiException(
          "the API server at %s does not answer: %s".formatted(root, reason(cause)), cause);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new ApiException(
          "the API server at %s did not answer within %s".formatted(root, answer), e);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new ApiException("interrupted while the API server was asked", e);
    }
  }

  /** Some of the transport's errors have no text of their own. */
  private static String reason(Throwable error) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (message != null && !message.isBlank()) {
        return message;
      }
    }
    return error.getClass().getSimpleName();
  }

  private static ApiException refused(int code, byte[] body) {
    JsonNode status = status(body);
    String message = status.path("message").asText("");
    return new ApiException(
        code,
        status.path("reason").asText(""),
        message.isEmpty() ? "the API server answered " + code : message);
  }

  private static JsonNode status(byte[] body) {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException e) {
      return MissingNode.getInstance(); // Proxies in between answer with pages.
    }
  }

  /** An answer's object; empty when it is something else. */
  private static Map<String, Object> tree(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      return Map.of();
    }
    try (JsonParser parser = JSON.createParser(body)) {
      return parser.nextToken() == null ? Map.of() : TreeReader.object(parser, Set.of());
    } catch (IOException e) {
      throw new ApiException("the API server's answer is not JSON", e);
    }
  }

  private static String text(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a JSON value", e);
    }
  }
}
