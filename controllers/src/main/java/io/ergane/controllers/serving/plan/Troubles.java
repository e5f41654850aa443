package io.ergane.controllers.serving.plan;

import io.ergane.api.GoDuration;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RolloutStrategy;
import io.ergane.api.ServingGroupStatus;
import io.ergane.api.ServingGroupStatus.ReplicaState;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Why a ModelServing is not as it should be, in words that a user can act on. */
final class Troubles {
  /** Different reasons, and replicas that fail in a row, that are told at most. */
  private static final int MOST = 5;

  private Troubles() {}

  static List<String> of(
      List<Group> groups, List<ServingGroupStatus> statuses, Set<String> problems) {
    List<String> troubles = new ArrayList<>(problems);
    Map<String, List<String>> pods = new TreeMap<>();
    for (Group group : groups) {
      for (Replica replica : group.replicas()) {
        for (ObservedPod pod : replica.pods()) {
          String trouble = pod.trouble();
          if (trouble == null || pod.serves() || pod.leaves()) continue;
          pods.computeIfAbsent(trouble, _ -> new ArrayList<>()).add(pod.name());
        }
      }
    }
    pods.entrySet().stream()
        .limit(MOST)
        .forEach(entry -> troubles.add(named(entry.getValue()) + ": " + entry.getKey()));
    if (pods.size() > MOST) troubles.add("and %d other reasons".formatted(pods.size() - MOST));
    statuses.stream()
        .flatMap(group -> group.roles().stream().map(role -> again(group.name(), role)))
        .filter(text -> !text.isEmpty())
        .limit(MOST)
        .forEach(troubles::add);
    return troubles;
  }

  private static String named(List<String> pods) {
    String first = "pod " + pods.getFirst();
    return pods.size() == 1 ? first : first + " and %d more".formatted(pods.size() - 1);
  }

  private static String again(String group, RoleReplica replica) {
    if (replica.state() == ReplicaState.RUNNING || replica.failures() == 0) return "";
    String text =
        "%s/%s was made anew after %d failure%s in a row, the last of pod %s: %s"
            .formatted(
                group,
                replica.id(),
                replica.failures(),
                replica.failures() == 1 ? "" : "s",
                replica.pod(),
                replica.reason());
    Instant next = Failures.of(replica).notBefore();
    return next == null ? text : text + " (made anew next at " + next + " at the earliest)";
  }

  /** What the spec says that is accepted and has no effect. */
  static List<String> notes(ModelServing serving) {
    List<String> notes = new ArrayList<>();
    RolloutStrategy strategy = serving.spec().rolloutStrategy();
    boolean surge =
        strategy != null
            && strategy.rollingUpdateConfiguration() != null
            && strategy.rollingUpdateConfiguration().maxSurge() != null;
    if (surge) {
      notes.add("rolloutStrategy.rollingUpdateConfiguration.maxSurge is not honoured: remove it");
    }
    String drain = serving.metadata().annotations().get(Names.DRAIN_TIMEOUT);
    if (drain != null && !isDuration(drain)) {
      notes.add(
          "annotation %s: \"%s\" is not a duration, 5m is used; write it like 90s or 5m"
              .formatted(Names.DRAIN_TIMEOUT, drain));
    }
    return notes;
  }

  private static boolean isDuration(String text) {
    try {
      return !GoDuration.parse(text).isNegative();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
