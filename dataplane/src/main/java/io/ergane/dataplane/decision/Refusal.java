package io.ergane.dataplane.decision;

import io.ergane.api.ObjectName;
import io.ergane.core.llm.Malformed;
import io.ergane.core.schedule.Decision;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the data plane's own that is an error.
 *
 * @param status 400 to 505
 * @param code short word for programs
 * @param text the sentence that tools written for Kthena look for
 * @param more what was found, what is accepted and a remedy; empty when {@code text} says it all
 * @param logged type for the access log
 * @param counted value of the {@code error_type} metric label; null when it is {@code logged}
 * @param retryAfterSeconds when to come again, 0 when that would not help
 */
public record Refusal(
    int status,
    String code,
    String text,
    String more,
    String logged,
    @Nullable String counted,
    int retryAfterSeconds) {

  /** Code for a request that names no model, or none that is served. */
  public static final String MODEL_NOT_FOUND = "model_not_found";

  private static final int SOON = 1;
  private static final String PARSING = "request_parsing";
  private static final String SCHEDULING = "scheduling";
  private static final String DISCOVERY = "pod_discovery";
  private static final String PROXY = "proxy";
  private static final String REQUEST_FAILED = "request_failed";

  /** The program failed; its log says how. */
  public static final Refusal INTERNAL =
      new Refusal(500, "internal_error", "request processing failed", "", PROXY, REQUEST_FAILED, 0);

  /** The whole message for a person. */
  public String message() {
    return more.isEmpty() ? text : text + ": " + more;
  }

  /**
   * The request breaks HTTP's grammar or a bound on it.
   *
   * @param status 400 to 505
   * @param text what was found and what is accepted
   */
  public static Refusal badMessage(int status, String text) {
    return new Refusal(status, codeOf(status), text, "", PARSING, null, 0);
  }

  private static String codeOf(int status) {
    return switch (status) {
      case 408 -> "request_timeout";
      case 413 -> "request_too_large";
      case 415 -> "unsupported_encoding";
      case 417 -> "expectation_failed";
      case 501 -> "not_implemented";
      default -> "invalid_request";
    };
  }

  public static Refusal malformed(Malformed malformed) {
    return switch (malformed.problem()) {
      case MODEL_MISSING -> prefixed(404, MODEL_NOT_FOUND, "model not found", malformed, PARSING);
      case PROMPT_MISSING ->
          prefixed(404, "prompt_not_found", "prompt not found", malformed, "prompt_parsing");
      case TRAILING_DATA ->
          prefixed(400, "invalid_request_body", "invalid request body", malformed, PARSING);
      default ->
          new Refusal(400, "invalid_request_body", malformed.message(), "", PARSING, null, 0);
    };
  }

  private static Refusal prefixed(
      int status, String code, String text, Malformed malformed, String logged) {
    String message = malformed.message();
    String more = message.startsWith(text + ": ") ? message.substring(text.length() + 2) : message;
    return new Refusal(status, code, text, more.equals(text) ? "" : more, logged, null, 0);
  }

  public static Refusal unknownPath(String path) {
    String more = "\"" + shortened(path) + "\" is served by no endpoint; the API is under /v1/.";
    return new Refusal(404, "unknown_path", "page not found", more, "route_not_found", null, 0);
  }

  public static Refusal wrongMethod(String method, String accepted) {
    String more = shortened(method) + " is not served here; use " + accepted + ".";
    return new Refusal(405, "method_not_allowed", "method not allowed", more, PARSING, null, 0);
  }

  public static Refusal bodyTooLarge(int limit) {
    String text = "The request body exceeds " + limit + " bytes; send a shorter one.";
    return new Refusal(413, "request_too_large", text, "", PARSING, null, 0);
  }

  public static Refusal overloaded(String what) {
    return new Refusal(
        503,
        "overloaded",
        "The router is at its limit of " + what,
        "try again shortly.",
        SCHEDULING,
        REQUEST_FAILED,
        SOON);
  }

  /** Nobody has told the data plane its routes yet. */
  public static Refusal notToldYet() {
    return new Refusal(
        503,
        "not_ready",
        "router is not ready",
        "its control plane has not told it any routes yet; try again shortly.",
        DISCOVERY,
        REQUEST_FAILED,
        SOON);
  }

  public static Refusal routeNotFound(String model, Collection<String> names) {
    String known =
        names.isEmpty()
            ? "no model is served; create a ModelRoute."
            : "served are " + listed(names) + "; name one of them or create a ModelRoute.";
    String more = "no route serves model \"" + shortened(model) + "\" for this request; " + known;
    return new Refusal(404, MODEL_NOT_FOUND, "route not found", more, "route_not_found", null, 0);
  }

  public static Refusal unsupported(String what) {
    return new Refusal(
        501,
        "not_implemented",
        what,
        "this build does not offer it; remove it from the manifest.",
        SCHEDULING,
        REQUEST_FAILED,
        0);
  }

  /**
   * What stands before the router sends it requests in a way in which they cannot be routed.
   *
   * @param found how it sends them
   * @param remedy what to set
   */
  public static Refusal misconfigured(String found, String remedy) {
    return new Refusal(500, "misconfigured", found, remedy, SCHEDULING, REQUEST_FAILED, 0);
  }

  public static Refusal providerMissing(ObjectName name) {
    return new Refusal(
        404,
        "backend_not_found",
        "can't find external model provider: " + name,
        "",
        "provider_discovery",
        null,
        0);
  }

  public static Refusal serverMissing(ObjectName name) {
    return new Refusal(
        404, "backend_not_found", "can't find model server: " + name, "", DISCOVERY, null, 0);
  }

  /** Nothing could be chosen in a pool. */
  public static Refusal notChosen(ObjectName server, Decision.Refuse why) {
    return switch (why.reason()) {
      case NO_ENDPOINTS ->
          new Refusal(
              503,
              "no_endpoint",
              "no available pods for model server: " + server,
              "",
              DISCOVERY,
              null,
              SOON);
      case ALL_FILTERED -> {
        boolean busy = why.plugin().equals("least-request");
        yield new Refusal(
            busy ? 429 : 503,
            "no_endpoint_left",
            "can't schedule to target pod: pods have all been filtered out by \""
                + why.plugin()
                + "\"",
            busy ? "every engine's queue is full; try again shortly." : "",
            SCHEDULING,
            REQUEST_FAILED,
            SOON);
      }
    };
  }

  /**
   * Every attempt failed.
   *
   * @param status 503, 504, or the status with which an engine refused
   */
  public static Refusal allFailed(int status, int attempts, String last, int retryAfterSeconds) {
    String more =
        attempts + (attempts == 1 ? " attempt" : " attempts") + " made; the last: " + last + ".";
    return new Refusal(
        status,
        "upstream_failed",
        "request to all pods failed",
        more,
        PROXY,
        null,
        retryAfterSeconds);
  }

  /**
   * What stands before the router refused the request itself, since it got no decision in time or
   * an error in its place.
   *
   * @param how in its words
   */
  public static Refusal answeredTooLate(int status, String how) {
    String more = "the scheduler's answer came too late or was an error (" + how + ").";
    return new Refusal(
        status,
        "scheduler_unavailable",
        "no engine could be chosen",
        more,
        SCHEDULING,
        REQUEST_FAILED,
        SOON);
  }

  /** The engine broke off after the answer had begun. */
  public static Refusal brokenOff(String how) {
    return new Refusal(
        502, "upstream_failed", "The engine broke off its answer", how + ".", PROXY, null, 0);
  }

  private static String listed(Collection<String> names) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (String name : names) {
      if (shown == 10) {
        return text.append(" and ").append(names.size() - shown).append(" more").toString();
      }
      text.append(shown++ == 0 ? "" : ", ").append(shortened(name));
    }
    return text.toString();
  }

  /** What a client sent, at a length that can be repeated in answers and logs. */
  public static String shortened(String text) {
    return shortened(text, 100);
  }

  public static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
