package io.ergane.simulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A complete answer other than generated text. */
@SuppressWarnings("ArrayRecordComponent")
record Reply(int status, String contentType, byte[] body) {
  static final ObjectMapper JSON = new ObjectMapper();

  static Reply text(int status, String body) {
    return new Reply(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  static Reply json(int status, Object body) {
    try {
      return new Reply(status, "application/json", JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * An error in the form of the API: Anthropic's for messages, else OpenAI's with vLLM's type
   * names.
   */
  static Reply error(
      @Nullable InferenceApi api, int status, String message, @Nullable String param) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    if (api == InferenceApi.MESSAGES) {
      root.put("type", "error")
          .putObject("error")
          .put("type", anthropicType(status))
          .put("message", message);
    } else {
      root.putObject("error")
          .put("message", message)
          .put("type", openAiType(status))
          .put("param", param)
          .put("code", status);
    }
    return json(status, root);
  }

  /** What vLLM says to a request without the right key. */
  static Reply unauthorized() {
    JsonNode body = JsonNodeFactory.instance.objectNode().put("error", "Unauthorized");
    return json(401, body);
  }

  private static String openAiType(int status) {
    return switch (status) {
      case 400 -> "BadRequestError";
      case 404 -> "NotFoundError";
      case 429 -> "RateLimitError";
      case 500 -> "InternalServerError";
      case 503 -> "ServiceUnavailableError";
      default -> HttpResponseStatus.valueOf(status).reasonPhrase().replace(" ", "") + "Error";
    };
  }

  private static String anthropicType(int status) {
    return switch (status) {
      case 400 -> "invalid_request_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
