package io.ergane.e2e.parity;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Differences that cannot be otherwise, by their headings in docs/reference/envoy-parity.md. */
enum Inherent {
  /** Envoy itself answers what it does not bring before the scheduler. */
  BODY_LIMIT("Bodies above the limit"),
  /** Usage is not asked for in a client's stead. */
  USAGE("Streams without usage"),
  /** Envoy hands on the answer of the last engine that it tried. */
  LAST_ANSWER("Engines that all fail"),
  /** Envoy's own answers have fixed texts. */
  WORDS("Words of Envoy's own answers"),
  /** Envoy's retry policy has one number for every reason. */
  NO_ROOM("Engines without room");

  private static final Set<String> OF_THE_ANSWER =
      Set.of("status", "noted-status", "engine", "body", "retry-after", "error", "counted-error");

  final String heading;

  Inherent(String heading) {
    this.heading = heading;
  }

  /** Why two places may differ in a value of a request; null when they may not. */
  static @Nullable Inherent ofRequest(
      Ask ask, String here, String there, String name, Seen one, Seen other) {
    if (!here.equals("envoy") && !there.equals("envoy")) {
      return null;
    }
    return switch (ask.kind()) {
      case "too-large" -> name.equals("noted") ? BODY_LIMIT : null;
      case "stream" -> name.endsWith("put-tokens") ? USAGE : null;
      case "all-gone" -> name.equals("body") ? WORDS : null;
      case "failing", "all-fail" ->
          OF_THE_ANSWER.contains(name) && statuses(one, other).equals(Set.of(500, 503))
              ? LAST_ANSWER
              : null;
      case "crowded" -> NO_ROOM;
      default -> null;
    };
  }

  private static Set<Object> statuses(Seen one, Seen other) {
    Object first = one.get("status");
    Object second = other.get("status");
    return first == null || second == null || first.equals(second)
        ? Set.of()
        : Set.of(first, second);
  }

  /** Why two places may differ in a metric; null when they may not. */
  static @Nullable Inherent ofSeries(String here, String there, String series) {
    if (!here.equals("envoy") && !there.equals("envoy")) {
      return null;
    }
    if (series.contains("\"crowded\"") || series.contains("\"default/c-")) {
      return NO_ROOM;
    }
    boolean tokens =
        series.startsWith("kthena_router_tokens_total{")
            || series.startsWith("ergane_estimated_output_tokens_total{");
    if (tokens && series.contains("\"chat\"")) {
      return USAGE;
    }
    boolean ofStatus =
        series.startsWith("kthena_router_requests_total{")
            || series.startsWith("kthena_router_request_duration_seconds_count{");
    return ofStatus && (series.contains("\"failing\"") || series.contains("\"broken\""))
        ? LAST_ANSWER
        : null;
  }
}
