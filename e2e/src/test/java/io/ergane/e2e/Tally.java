package io.ergane.e2e;

import io.ergane.e2e.SteadyLoad.Outcome;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** How requests ended, counted by the reason. */
public record Tally(int sent, Map<String, Integer> failed) {
  public static final String OWN_503 = "503 in our shape";
  static final String BROKEN_OFF = "broken off after it had begun";
  static final String NO_ANSWER = "no answer";

  public static Tally of(Collection<Outcome> outcomes) {
    Map<String, Integer> failed = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      String reason = reason(outcome);
      if (!reason.isEmpty()) {
        failed.merge(reason, 1, Integer::sum);
      }
    }
    return new Tally(outcomes.size(), failed);
  }

  /** Why it failed; empty when it did not. */
  public static String reason(Outcome outcome) {
    String text = outcome.text();
    return switch (outcome.status()) {
      case 200 -> outcome.whole() ? "" : BROKEN_OFF;
      case -1 ->
          text.contains("fixed content-length") || text.contains("chunked")
              ? BROKEN_OFF
              : NO_ANSWER;
      case 503 ->
          text.contains("\"type\":\"service_unavailable_error\"")
              ? OWN_503
              : "503 " + shortened(text);
      default -> outcome.status() + " " + shortened(text);
    };
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(60, text.length()));
  }

  public int failures() {
    return failed.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One line for people. */
  public void print(String fault, long inFlight) {
    System.out.printf(
        "fault, %s: %d requests, %d failed %s, in flight afterwards %d%n",
        fault, sent, failures(), failed, inFlight);
  }
}
