package io.ergane.controllers.serving.plan;

import io.ergane.api.Condition;
import io.ergane.api.Condition.ConditionStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The conditions of a ModelServing. Exactly one of Available, Progressing and UpdateInProgress
 * holds; Degraded says whether somebody has to act.
 */
final class Conditions {
  private static final int LONGEST_MESSAGE = 4000;

  private final List<Condition> before;
  private final long generation;
  private final Instant now;

  Conditions(List<Condition> before, long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * The conditions of a state.
   *
   * @param progressing ordinals of wanted groups that do not run
   * @param updated ordinals of groups of the spec's revision
   * @param updating whether groups are outdated that are not to stay so
   * @param troubles what is wrong, in words that a user can act on
   * @param notes what is accepted and not honoured
   */
  List<Condition> of(
      List<Integer> progressing,
      List<Integer> updated,
      boolean updating,
      List<String> troubles,
      List<String> notes) {
    String why = String.join("; ", troubles);
    String groups = "Some groups is progressing: " + list(progressing);
    String message =
        progressing.isEmpty()
            ? "All Serving groups are ready"
            : groups + (updating ? ", Updated Groups are: " + list(updated) : "");
    String full = why.isEmpty() ? message : message + ". " + why;
    boolean available = progressing.isEmpty();
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        condition("Available", available, available ? "AllGroupsReady" : "GroupsNotReady", full));
    conditions.add(
        condition(
            "Progressing", !available && !updating, reason(available, "GroupProgressing"), full));
    conditions.add(
        condition(
            "UpdateInProgress", !available && updating, reason(available, "GroupsUpdating"), full));
    conditions.add(
        why.isEmpty()
            ? condition("Degraded", false, "AsExpected", String.join("; ", notes))
            : condition("Degraded", true, "PodsInTrouble", why));
    return conditions;
  }

  private static String reason(boolean available, String otherwise) {
    return available ? "AllGroupsReady" : otherwise;
  }

  private Condition condition(String type, boolean holds, String reason, String message) {
    ConditionStatus status = holds ? ConditionStatus.TRUE : ConditionStatus.FALSE;
    Instant since =
        before.stream()
            .filter(old -> old.type().equals(type) && old.status() == status)
            .map(Condition::lastTransitionTime)
            .findFirst()
            .orElse(now);
    String text =
        message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    return new Condition(type, status, generation, since, reason, text);
  }

  /** Numbers as Go prints a slice of them. */
  private static String list(List<Integer> ordinals) {
    return ordinals.stream().map(String::valueOf).collect(Collectors.joining(" ", "[", "]"));
  }
}
