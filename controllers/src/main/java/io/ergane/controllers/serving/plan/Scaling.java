package io.ergane.controllers.serving.plan;

import io.ergane.controllers.serving.plan.Leaving.Exit;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Which ServingGroups and role replicas are too many. First go those that go anyway, then those
 * that do not run, then those that are cheaper to lose, then those of higher ordinals; protected
 * ones only when there are no others.
 */
final class Scaling {
  private final Settings settings;
  private final Leaving leaving;

  Scaling(Settings settings, Leaving leaving) {
    this.settings = settings;
    this.leaving = leaving;
  }

  void decide(List<Group> groups) {
    int surplus = groups.size() - settings.groups();
    groups.stream()
        .sorted(
            order(
                group -> settings.keepsRevision(group.ordinal()),
                leaving::has,
                group -> group.running(leaving),
                Group::deletionCost,
                Group::ordinal))
        .limit(Math.max(0, surplus))
        .forEach(group -> leaving.addSurplus(group, new Exit("ServingGroups scale down", true)));
    for (Group group : groups) {
      if (leaving.has(group)) continue;
      for (Wanted wanted : group.layout()) if (wanted.only() == null) decide(group, wanted);
    }
  }

  private void decide(Group group, Wanted wanted) {
    List<Replica> staying =
        group.ofRole(wanted.role()).stream().filter(r -> !leaving.has(group, r)).toList();
    staying.stream()
        .sorted(
            order(
                replica -> replica.ordinal() < wanted.keptBelow(),
                _ -> false,
                Replica::running,
                Replica::deletionCost,
                Replica::ordinal))
        .limit(Math.max(0, staying.size() - wanted.replicas()))
        .forEach(replica -> leaving.add(replica, new Exit("the role scales down", true)));
  }

  private static <T> Comparator<T> order(
      Predicate<T> kept,
      Predicate<T> leaves,
      Predicate<T> running,
      ToLongFunction<T> cost,
      ToIntFunction<T> ordinal) {
    return Comparator.<T, Boolean>comparing(kept::test)
        .thenComparing(item -> !leaves.test(item))
        .thenComparing(running::test)
        .thenComparingLong(cost)
        .thenComparing(Comparator.comparingInt(ordinal).reversed());
  }
}
