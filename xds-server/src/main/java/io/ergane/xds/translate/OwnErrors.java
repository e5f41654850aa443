package io.ergane.xds.translate;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.ErrorBodies;
import java.nio.charset.StandardCharsets;

/**
 * Bodies of the errors that Envoy answers itself, in the shapes and words of the proxy.
 *
 * @param kthena bare JSON strings
 */
record OwnErrors(boolean kthena) {
  /** An error that Envoy answers itself. */
  enum Kind {
    SCHEDULER_UNAVAILABLE(
        503,
        "scheduler_unavailable",
        "no engine could be chosen",
        "the scheduler does not answer; try again shortly."),
    NO_POOL(
        503,
        "no_pool",
        "no engine could be chosen",
        "the chosen pool is not known here yet; try again shortly."),
    UPSTREAM_FAILED(503, "upstream_failed", "request to all pods failed", "try again shortly."),
    UPSTREAM_TIMEOUT(
        504,
        "upstream_failed",
        "request to all pods failed",
        "no engine answered in time; try again shortly."),
    BODY_TOO_LARGE(
        413, "request_too_large", "The request body exceeds %d bytes; send a shorter one.", ""),
    HEADERS_TOO_LARGE(
        431,
        "invalid_request",
        "The request's headers exceed %d bytes or are too many; send shorter or fewer ones.",
        ""),
    TOO_LATE(
        408, "request_timeout", "The request did not arrive in time; send it again at once.", ""),
    TOO_OLD(
        426, "invalid_request", "HTTP/1.0 is not served; send the request as HTTP/1.1 or 2.", ""),
    NO_HTTP(
        400,
        "invalid_request",
        "The request is no sound HTTP; correct its first line, its path and its headers.",
        ""),
    NO_UPGRADE(
        403,
        "invalid_request",
        "Connections are not handed over to other protocols; send the request without upgrade.",
        ""),
    UNKNOWN_CODING(
        501,
        "not_implemented",
        "The transfer-encoding is not understood; send the body chunked or with its length.",
        ""),
    NO_TUNNEL(
        405,
        "invalid_request",
        "CONNECT is not served; send the request itself, with a path under /v1/.",
        ""),
    UNKNOWN_PATH(
        404,
        "unknown_path",
        "page not found",
        "this path is served by no endpoint; the API is under /v1/.");

    private final int status;
    private final String code;
    private final String text;
    private final String more;

    Kind(int status, String code, String text, String more) {
      this.status = status;
      this.code = code;
      this.text = text;
      this.more = more;
    }

    int status() {
      return status;
    }

    /** Whether the same request may succeed a second later. */
    boolean passes() {
      return status == 503;
    }
  }

  String contentType() {
    return kthena ? "application/json; charset=utf-8" : "application/json";
  }

  /**
   * @param limit in bytes, where the error is about one
   */
  String body(Kind kind, boolean anthropic, int limit) {
    String text = kind.text.replace("%d", Integer.toString(limit));
    String message = kind.more.isEmpty() ? text : text + ": " + kind.more;
    byte[] body =
        kthena
            ? ErrorBodies.kthena(text)
            : anthropic
                ? ErrorBodies.anthropic(message, anthropicType(kind.status))
                : ErrorBodies.openAi(message, openAiType(kind.status), kind.code);
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Where Anthropic's shape is expected. */
  static String anthropicPath() {
    return Api.MESSAGES.path();
  }

  private static String openAiType(int status) {
    return switch (status) {
      case 503 -> "service_unavailable_error";
      case 504 -> "server_error";
      default -> "invalid_request_error";
    };
  }

  private static String anthropicType(int status) {
    return switch (status) {
      case 400, 403, 405, 408, 426, 431, 501 -> "invalid_request_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 503 -> "overloaded_error";
      default -> "api_error";
    };
  }
}
