package io.ergane.controllers.serving.plan;

import io.ergane.controllers.serving.plan.Leaving.Exit;
import java.util.Comparator;
import java.util.List;

/**
 * Which outdated ServingGroups, or role replicas in them, are replaced now.
 *
 * <p>Two bounds hold together. The budget: of the wanted groups, those that do not exist, go, or
 * are new and do not run yet, are at most maxUnavailable; so a bad revision stops by itself. The
 * floor: a group that runs is only touched while more run than wanted − maxUnavailable; so nothing
 * that failed for other reasons is made worse. What does not run goes first, then higher ordinals.
 *
 * <p>By role, a group counts from its first replica that is replaced to its last, and goes on while
 * the budget is not exceeded; within it each role has the same two bounds for its replicas.
 */
final class Rollout {
  private final Settings settings;
  private final Leaving leaving;
  private final List<Group> groups;

  Rollout(Settings settings, Leaving leaving, List<Group> groups) {
    this.settings = settings;
    this.leaving = leaving;
    this.groups = groups.stream().filter(group -> !leaving.isSurplus(group)).toList();
  }

  void decide() {
    int room = settings.maxUnavailable() - unavailable();
    int budget = room;
    long floor = (long) settings.groups() - settings.maxUnavailable();
    long running = groups.stream().filter(this::running).count();
    for (Group group : candidates()) {
      boolean begun = inTransition(group);
      boolean runs = running(group);
      if (begun ? room < 0 : budget < 1) continue;
      if (runs && running <= floor) continue;
      if (!replace(group)) continue;
      if (!begun) budget--;
      if (runs) running--;
    }
  }

  private boolean running(Group group) {
    return group.running(leaving);
  }

  /** Groups that are wanted and do not exist, go, or are in transition. */
  private int unavailable() {
    long staying = groups.stream().filter(group -> !leaving.has(group)).count();
    long transitions =
        groups.stream().filter(g -> !leaving.has(g)).filter(this::inTransition).count();
    return (int) (Math.max(0, settings.groups() - staying) + transitions);
  }

  /** Whether a group does not run since it, or a part of it, goes, is missing or is new. */
  private boolean inTransition(Group group) {
    if (running(group)) return false;
    if (group.replicas().stream().anyMatch(r -> r.exists() && goes(group, r))) return true;
    return settings.byRole()
        ? group.layout().stream().anyMatch(wanted -> unavailable(group, wanted) > 0)
        : !group.outdated();
  }

  private boolean goes(Group group, Replica replica) {
    return leaving.has(group, replica) || replica.leaves();
  }

  private List<Group> candidates() {
    return groups.stream()
        .filter(g -> g.outdated() && !settings.keepsRevision(g.ordinal()) && !leaving.has(g))
        .sorted(
            Comparator.comparing((Group g) -> !inTransition(g))
                .thenComparing(this::running)
                .thenComparing(Comparator.comparingInt(Group::ordinal).reversed()))
        .toList();
  }

  /** Begins or continues; false if nothing of the group may be replaced now. */
  private boolean replace(Group group) {
    if (!settings.byRole()) {
      leaving.add(group, new Exit("the ServingGroup is updated", true));
      return true;
    }
    boolean replaced = false;
    for (Replica replica : group.replicas()) {
      if (!replica.exists() || leaving.has(group, replica)) continue;
      if (group.wanted(replica.role()) == null) {
        leaving.add(replica, new Exit("the role is removed", true));
        replaced = true;
      }
    }
    for (Wanted wanted : group.layout()) replaced |= replace(group, wanted);
    return replaced;
  }

  private boolean replace(Group group, Wanted wanted) {
    List<Replica> staying = staying(group, wanted);
    int most = Settings.roleMaxUnavailable(wanted.template().role());
    int budget = most - unavailable(group, wanted);
    long running = staying.stream().filter(Replica::running).count();
    boolean replaced = false;
    for (Replica replica : outdated(staying, wanted)) {
      boolean runs = replica.running();
      if (budget < 1 || (runs && running <= wanted.replicas() - most)) break;
      leaving.add(replica, new Exit("the role is updated", true));
      replaced = true;
      budget--;
      if (runs) running--;
    }
    return replaced;
  }

  private List<Replica> staying(Group group, Wanted wanted) {
    return group.ofRole(wanted.role()).stream().filter(r -> !goes(group, r)).toList();
  }

  private static List<Replica> outdated(List<Replica> staying, Wanted wanted) {
    return staying.stream()
        .filter(replica -> replica.outdated() && replica.ordinal() >= wanted.keptBelow())
        .sorted(
            Comparator.comparing(Replica::running)
                .thenComparing(Comparator.comparingInt(Replica::ordinal).reversed()))
        .toList();
  }

  /** Replicas of a role that do not exist, go, or are new and do not run yet. */
  private int unavailable(Group group, Wanted wanted) {
    List<Replica> staying = staying(group, wanted);
    long starting = staying.stream().filter(r -> !r.outdated() && !r.running()).count();
    return (int) (Math.max(0, wanted.replicas() - staying.size()) + starting);
  }
}
