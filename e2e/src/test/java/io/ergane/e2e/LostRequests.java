package io.ergane.e2e;

import io.ergane.e2e.SteadyLoad.Outcome;
import java.util.Collection;
import java.util.List;
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
    none(outcomes, _ -> "");
  }

  /**
   * As {@link #none(Collection)}.
   *
   * @param known lines about a request that failed, from elsewhere
   */
  public static void none(Collection<Outcome> outcomes, Function<Outcome, String> known) {
    Tally tally = Tally.of(outcomes);
    if (tally.failures() == 0) {
      return;
    }
    long start = outcomes.stream().mapToLong(Outcome::begun).min().orElse(0);
    StringBuilder message = new StringBuilder();
    message.append(
        "%d of %d requests were lost: %s"
            .formatted(tally.failures(), tally.sent(), tally.failed()));
    List<Outcome> failed =
        outcomes.stream().filter(each -> !Tally.reason(each).isEmpty()).limit(SHOWN).toList();
    for (Outcome each : failed) {
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
