package io.ergane.controllers.serving.plan;

import io.ergane.api.ServingGroupStatus;
import io.ergane.api.ServingGroupStatus.ReplicaState;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import io.ergane.api.ServingGroupStatus.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is to be remembered of ServingGroups, and the events of what has changed since. */
final class GroupStatuses {
  private final Leaving leaving;
  private final Recovery recovery;
  private final Map<String, ServingGroupStatus> before = new HashMap<>();
  private final List<EventNote> events = new ArrayList<>();

  GroupStatuses(List<ServingGroupStatus> before, Leaving leaving, Recovery recovery) {
    this.leaving = leaving;
    this.recovery = recovery;
    before.forEach(group -> this.before.put(group.name(), group));
  }

  List<EventNote> events() {
    return events;
  }

  List<ServingGroupStatus> of(List<Group> groups, List<Creation.Filled> filled) {
    Map<Integer, Creation.Filled> fillings = new TreeMap<>();
    filled.forEach(filling -> fillings.put(filling.ordinal(), filling));
    Map<Integer, ServingGroupStatus> statuses = new TreeMap<>();
    for (Group group : groups) {
      statuses.put(group.ordinal(), of(group, fillings.get(group.ordinal())));
    }
    for (Creation.Filled filling : filled) {
      if (!filling.exists()) statuses.put(filling.ordinal(), anew(filling));
    }
    return List.copyOf(statuses.values());
  }

  private ServingGroupStatus anew(Creation.Filled filling) {
    List<RoleReplica> roles =
        filling.slots().stream()
            .map(slot -> created(filling.name(), slot, remembered(filling.name(), slot.id())))
            .toList();
    return new ServingGroupStatus(filling.name(), State.CREATING, roles);
  }

  private @Nullable RoleReplica remembered(String group, String id) {
    ServingGroupStatus known = before.get(group);
    return known == null
        ? null
        : known.roles().stream().filter(r -> r.id().equals(id)).findFirst().orElse(null);
  }

  private RoleReplica created(String group, Slot slot, @Nullable RoleReplica memory) {
    String role = slot.template().role().name();
    RoleReplica now = replica(slot.id(), ReplicaState.CREATING, 0, Failures.of(memory).quiet());
    note(group, role, memory == null ? null : memory.state(), now, true);
    return now;
  }

  private ServingGroupStatus of(Group group, Creation.@Nullable Filled filling) {
    Map<String, RoleReplica> roles = new HashMap<>();
    Map<String, Slot> fresh = new HashMap<>();
    if (filling != null) filling.slots().forEach(slot -> fresh.put(slot.id(), slot));
    List<Place> order = new ArrayList<>();
    for (Replica replica : group.replicas()) {
      RoleReplica status = of(group, replica, fresh.get(replica.id()));
      if (status == null) continue;
      roles.put(replica.id(), status);
      order.add(new Place(place(group, replica.role()), replica.role(), replica.ordinal()));
    }
    for (Slot slot : fresh.values()) {
      if (roles.containsKey(slot.id())) continue;
      String role = slot.template().role().name();
      roles.put(slot.id(), created(group.name(), slot, null));
      order.add(new Place(place(group, role), role, slot.ordinal()));
    }
    order.sort(
        Comparator.comparingInt(Place::role)
            .thenComparing(Place::name)
            .thenComparingInt(Place::ordinal));
    List<RoleReplica> sorted =
        order.stream().map(p -> roles.get(Names.roleId(p.name(), p.ordinal()))).toList();
    return new ServingGroupStatus(group.name(), state(group, sorted), sorted);
  }

  private record Place(int role, String name, int ordinal) {}

  private static int place(Group group, String role) {
    for (int i = 0; i < group.layout().size(); i++) {
      if (group.layout().get(i).role().equals(role)) return i;
    }
    return group.layout().size();
  }

  private @Nullable RoleReplica of(Group group, Replica replica, @Nullable Slot fresh) {
    RoleReplica memory = replica.memory();
    Failures failures = recovery.failures(replica);
    if (!replica.exists()) {
      if (fresh != null) return created(group.name(), fresh, memory);
      return leaving.has(group) ? replica(replica.id(), ReplicaState.DELETING, 0, failures) : null;
    }
    ReplicaState state =
        leaving.has(group, replica) ? ReplicaState.DELETING : Recovery.state(replica);
    int restarts = Recovery.overcomeRestarts(replica, state);
    RoleReplica now = replica(replica.id(), state, restarts, failures);
    note(group.name(), replica.role(), memory == null ? null : memory.state(), now, false);
    if (failures.count() > (memory == null ? 0 : memory.failures())) {
      String message =
          "Role %s/%s in ServingGroup %s failed, %d in a row: pod %s: %s"
              .formatted(
                  replica.role(),
                  replica.id(),
                  group.name(),
                  failures.count(),
                  failures.pod(),
                  failures.reason());
      events.add(new EventNote(true, "RoleFailed", message));
    }
    return now;
  }

  private static RoleReplica replica(
      String id, ReplicaState state, int restarts, Failures failures) {
    return new RoleReplica(
        id,
        state,
        restarts,
        failures.count(),
        failures.at(),
        failures.since(),
        failures.pod(),
        failures.reason());
  }

  private State state(Group group, List<RoleReplica> roles) {
    if (leaving.has(group)) return State.DELETING;
    boolean some = roles.stream().anyMatch(r -> r.state() == ReplicaState.DELETING);
    if (group.running(leaving)) return some ? State.SCALING : State.RUNNING;
    ServingGroupStatus known = before.get(group.name());
    boolean ran =
        known != null && (known.state() == State.RUNNING || known.state() == State.SCALING);
    boolean stillRuns =
        roles.stream().anyMatch(r -> r.state() == ReplicaState.RUNNING)
            && roles.stream().allMatch(r -> r.state() == ReplicaState.RUNNING || isNew(known, r));
    return ran && stillRuns ? State.SCALING : State.CREATING;
  }

  private static boolean isNew(@Nullable ServingGroupStatus known, RoleReplica replica) {
    return known != null
        && known.roles().stream()
            .filter(r -> r.id().equals(replica.id()))
            .allMatch(r -> r.state() != ReplicaState.RUNNING);
  }

  private void note(
      String group, String role, @Nullable ReplicaState was, RoleReplica now, boolean fresh) {
    String word = word(was, now.state(), fresh);
    if (word == null) return;
    String message =
        "Role %s/%s in ServingGroup %s is now %s".formatted(role, now.id(), group, word);
    events.add(new EventNote(false, "Role" + word, message));
  }

  /** What a change of state is called; null if it is none that users are told. */
  private static @Nullable String word(
      @Nullable ReplicaState was, ReplicaState now, boolean fresh) {
    if (was == null) return fresh ? "Creating" : null;
    if (was == now) return null;
    return switch (now) {
      case RUNNING -> "Running";
      case DELETING -> "Deleting";
      case STARTING -> was == ReplicaState.RUNNING ? "Creating" : null;
      case CREATING -> was == ReplicaState.STARTING && !fresh ? null : "Creating";
    };
  }
}
