package io.ergane.e2e;

import io.ergane.e2e.SteadyLoad.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Requests failed where none may. One in a thousand counts, so {@code ./dev check} takes this error
 * for a failure even if the test passes when it is tried again; it knows it by its name.
 */
public final class LostRequests extends AssertionError {
  private static final int SHOWN = 5;
  private static final int TEXT = 600;

  private LostRequests(String message) {
    super(message);
  }

  /**
   * Nothing when each request was answered to its end.
   *
   * @throws LostRequests otherwise
   */
  public static void none(Collection<Outcome> outcomes) {
    noneBut(Set.of(), outcomes, _ -> "");
  }

  /**
   * As {@link #none(Collection)}.
   *
   * @param known lines about a request that failed, from elsewhere
   */
  public static void none(Collection<Outcome> outcomes, Function<Outcome, String> known) {
    noneBut(Set.of(), outcomes, known);
  }

  /**
   * Nothing when no request failed for another reason than these.
   *
   * @param expected as {@link Tally#reason} words them
   * @throws LostRequests otherwise
   */
  public static void noneBut(Set<String> expected, Collection<Outcome> outcomes) {
    noneBut(expected, outcomes, _ -> "");
  }

  /**
   * Nothing when as many answers came to their end as requests were sent.
   *
   * @throws LostRequests otherwise
   */
  public static void none(int sent, int whole) {
    if (whole != sent) {
      throw new LostRequests(
          "%d requests were sent, %d answers came to their end".formatted(sent, whole));
    }
  }

  private static void noneBut(
      Set<String> expected, Collection<Outcome> outcomes, Function<Outcome, String> known) {
    List<Outcome> lost =
        outcomes.stream()
            .filter(each -> !Tally.reason(each).isEmpty())
            .filter(each -> !expected.contains(Tally.reason(each)))
            .toList();
    if (lost.isEmpty()) {
      return;
    }
    long start = outcomes.stream().mapToLong(Outcome::begun).min().orElse(0);
    StringBuilder message = new StringBuilder();
    message.append(
        "%d of %d requests were lost: %s"
            .formatted(lost.size(), outcomes.size(), Tally.of(lost).failed()));
    for (Outcome each : lost.subList(0, Math.min(SHOWN, lost.size()))) {
      message.append("\n- ").append(described(each, start));
      message.append(known.apply(each).indent(4).stripTrailing());
    }
    throw new LostRequests(message.toString());
  }

  private static String described(Outcome outcome, long start) {
    String text = outcome.text();
    return "%s, %d to %d ms after the first: status %d, engine '%s', %s%n"
        .formatted(
            outcome.id(),
            (outcome.begun() - start) / 1_000_000,
            (outcome.ended() - start) / 1_000_000,
            outcome.status(),
            outcome.engine(),
            text.length() <= TEXT ? text : "…" + text.substring(text.length() - TEXT));
  }
}
