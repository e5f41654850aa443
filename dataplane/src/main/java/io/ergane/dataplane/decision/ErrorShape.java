package io.ergane.dataplane.decision;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.ErrorBodies;
import org.jspecify.annotations.Nullable;

/**
 * Which of three shapes an error takes: OpenAI's, Anthropic's on its endpoint, or Kthena's bare
 * string.
 */
public final class ErrorShape {
  private final boolean kthena;

  public ErrorShape(boolean kthena) {
    this.kthena = kthena;
  }

  /** Value of the content-type header. */
  public String contentType() {
    return kthena ? "application/json; charset=utf-8" : "application/json";
  }

  /** The body of an answer. */
  public byte[] body(@Nullable Api api, Refusal refusal) {
    if (kthena) {
      return ErrorBodies.kthena(refusal.text());
    }
    return api == Api.MESSAGES
        ? ErrorBodies.anthropic(refusal.message(), anthropicType(refusal.status()))
        : ErrorBodies.openAi(refusal.message(), openAiType(refusal.status()), refusal.code());
  }

  /** The last event of a stream that cannot go on. */
  public byte[] event(@Nullable Api api, Refusal refusal) {
    return api == Api.MESSAGES
        ? ErrorBodies.anthropicEvent(refusal.message(), anthropicType(refusal.status()))
        : ErrorBodies.openAiEvent(refusal.message(), openAiType(refusal.status()), refusal.code());
  }

  private static String openAiType(int status) {
    return switch (status) {
      case 429 -> "rate_limit_error";
      case 503 -> "service_unavailable_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }

  private static String anthropicType(int status) {
    return switch (status) {
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
