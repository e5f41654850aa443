package io.ergane.controllers.serving.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ServingGroups and role replicas that are to go, with the first reason that was found for each.
 */
final class Leaving {
  private final Map<Group, Exit> groups = new LinkedHashMap<>();
  private final Set<Group> surplus = new HashSet<>();
  private final Map<Replica, Exit> replicas = new HashMap<>();
  private final Map<String, Exit> pods = new HashMap<>();

  /**
   * How something goes.
   *
   * @param why a clause for the log
   * @param drain whether pods that serve may end their requests first
   */
  record Exit(String why, boolean drain) {}

  void add(Group group, Exit exit) {
    groups.putIfAbsent(group, exit);
  }

  /** A group that is not to come back. */
  void addSurplus(Group group, Exit exit) {
    surplus.add(group);
    add(group, exit);
  }

  void add(Replica replica, Exit exit) {
    replicas.putIfAbsent(replica, exit);
  }

  void add(ObservedPod pod, Exit exit) {
    pods.putIfAbsent(pod.uid(), exit);
  }

  boolean has(Group group) {
    return groups.containsKey(group);
  }

  boolean isSurplus(Group group) {
    return surplus.contains(group);
  }

  boolean has(Group group, Replica replica) {
    return groups.containsKey(group) || replicas.containsKey(replica);
  }

  /** How a replica goes; null if it stays. A reason of its own weighs more than its group's. */
  @Nullable Exit exit(Group group, Replica replica) {
    Exit own = replicas.get(replica);
    return own != null ? own : groups.get(group);
  }

  /** How a single pod goes; null if it stays or goes with its replica. */
  @Nullable Exit exit(ObservedPod pod) {
    return pods.get(pod.uid());
  }
}
