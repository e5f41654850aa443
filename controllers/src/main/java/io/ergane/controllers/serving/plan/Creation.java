package io.ergane.controllers.serving.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is missing: pods of role replicas that stay, role replicas of groups that stay, groups. Role
 * replicas and groups fill the lowest ordinals that are free; one that goes keeps its ordinal.
 */
final class Creation {
  private final Settings settings;
  private final Layout layout;
  private final Leaving leaving;

  Creation(Settings settings, Layout layout, Leaving leaving) {
    this.settings = settings;
    this.layout = layout;
    this.leaving = leaving;
  }

  /**
   * A group that is to have pods.
   *
   * @param exists whether it has some already
   * @param slots what it lacks, roles in order, ordinals ascending
   */
  record Filled(int ordinal, String name, boolean exists, List<Wanted> layout, List<Slot> slots) {
    /** Whether it is to have any pods. */
    boolean hasPods() {
      return layout.stream().anyMatch(wanted -> wanted.replicas() > 0);
    }
  }

  /** All groups that stay or are new, by ordinal. */
  List<Filled> of(List<Group> groups) {
    List<Filled> filled = new ArrayList<>();
    for (Group group : groups) {
      if (leaving.has(group)) continue;
      List<Slot> slots = slots(group);
      filled.add(new Filled(group.ordinal(), group.name(), true, group.layout(), slots));
    }
    Set<Integer> taken = groups.stream().map(Group::ordinal).collect(Collectors.toSet());
    long surplus = groups.stream().filter(leaving::isSurplus).count();
    long lacking = settings.groups() - (groups.size() - surplus);
    IntStream.range(0, settings.groups())
        .filter(ordinal -> !taken.contains(ordinal))
        .limit(Math.max(0, lacking))
        .forEach(ordinal -> filled.add(anew(ordinal)));
    filled.sort((a, b) -> Integer.compare(a.ordinal(), b.ordinal()));
    return filled;
  }

  private Filled anew(int ordinal) {
    String name = Names.group(settings.name(), ordinal);
    List<Wanted> wanted = layout.ofNew(ordinal);
    List<Slot> slots = new ArrayList<>();
    for (Wanted role : wanted) {
      for (int i = 0; i < role.replicas(); i++) slots.add(slot(ordinal, name, role, i));
    }
    return new Filled(ordinal, name, false, wanted, slots);
  }

  private static Slot slot(int groupOrdinal, String group, Wanted wanted, int ordinal) {
    Template template = wanted.template(ordinal);
    List<Integer> all = IntStream.range(0, template.pods()).boxed().toList();
    return new Slot(group, groupOrdinal, template, ordinal, all);
  }

  private List<Slot> slots(Group group) {
    List<Slot> slots = new ArrayList<>();
    for (Wanted wanted : group.layout()) {
      List<Replica> existing = group.ofRole(wanted.role());
      Set<Integer> fresh = fresh(group, wanted, existing);
      Set<Integer> ordinals = new TreeSet<>(fresh);
      existing.forEach(replica -> ordinals.add(replica.ordinal()));
      for (int ordinal : ordinals) {
        if (fresh.contains(ordinal)) {
          slots.add(slot(group.ordinal(), group.name(), wanted, ordinal));
        } else {
          existing.stream()
              .filter(replica -> replica.ordinal() == ordinal && !leaving.has(group, replica))
              .filter(replica -> !replica.free().isEmpty())
              .forEach(replica -> slots.add(rest(group, wanted, replica)));
        }
      }
    }
    return slots;
  }

  private static Slot rest(Group group, Wanted wanted, Replica replica) {
    Template own = replica.template();
    Template template = own != null ? own : wanted.template(replica.ordinal());
    return new Slot(group.name(), group.ordinal(), template, replica.ordinal(), replica.free());
  }

  /** Ordinals of the replicas of a role that are to be new. */
  private Set<Integer> fresh(Group group, Wanted wanted, List<Replica> existing) {
    Set<Integer> taken = existing.stream().map(Replica::ordinal).collect(Collectors.toSet());
    Set<Integer> only = wanted.only();
    if (only != null) {
      return only.stream().filter(i -> !taken.contains(i)).collect(Collectors.toSet());
    }
    long staying = existing.stream().filter(replica -> !leaving.has(group, replica)).count();
    long going = existing.size() - staying;
    long room = wanted.replicas() - staying - Math.min(going, reserved(wanted, existing, group));
    return IntStream.range(0, wanted.replicas())
        .filter(ordinal -> !taken.contains(ordinal))
        .limit(Math.max(0, room))
        .boxed()
        .collect(Collectors.toSet());
  }

  /** Replicas that go and whose ordinals come back. */
  private long reserved(Wanted wanted, List<Replica> existing, Group group) {
    return existing.stream()
        .filter(replica -> leaving.has(group, replica) && replica.ordinal() < wanted.replicas())
        .count();
  }
}
