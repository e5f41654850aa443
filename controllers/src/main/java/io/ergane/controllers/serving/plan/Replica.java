package io.ergane.controllers.serving.plan;

import io.ergane.api.ServingGroupStatus.ReplicaState;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import io.ergane.controllers.serving.plan.Revisions.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A role replica as it is: one entry pod and its workers, or only the memory of them. */
final class Replica {
  private final String group;
  private final String role;
  private final int ordinal;
  private final SortedMap<Integer, ObservedPod> pods;
  private final @Nullable RoleReplica memory;
  private final @Nullable Template template;
  private final Verdict verdict;

  /**
   * @param pods that exist, by index
   * @param memory what the status says of it; null: nothing
   * @param template what its pods were made from; null if that is not known any more
   */
  Replica(
      String group,
      String role,
      int ordinal,
      SortedMap<Integer, ObservedPod> pods,
      @Nullable RoleReplica memory,
      @Nullable Template template,
      Verdict verdict) {
    this.group = group;
    this.role = role;
    this.ordinal = ordinal;
    this.pods = pods;
    this.memory = memory;
    this.template = template;
    this.verdict = verdict;
  }

  String role() {
    return role;
  }

  int ordinal() {
    return ordinal;
  }

  String id() {
    return Names.roleId(role, ordinal);
  }

  String entryName() {
    return Names.pod(group, id(), 0);
  }

  Map<Integer, ObservedPod> byIndex() {
    return pods;
  }

  List<ObservedPod> pods() {
    return List.copyOf(pods.values());
  }

  @Nullable RoleReplica memory() {
    return memory;
  }

  @Nullable Template template() {
    return template;
  }

  boolean exists() {
    return !pods.isEmpty();
  }

  boolean outdated() {
    return verdict == Verdict.OUTDATED;
  }

  /** Indices without a pod, not even one on its way out; none if the size is not known. */
  List<Integer> free() {
    if (template == null) return List.of();
    List<Integer> free = new ArrayList<>();
    for (int index = 0; index < template.pods(); index++) {
      if (!pods.containsKey(index)) free.add(index);
    }
    return free;
  }

  /** Pods beyond the size of a replica. */
  List<ObservedPod> extras() {
    return template == null ? List.of() : List.copyOf(pods.tailMap(template.pods()).values());
  }

  /** Whether a pod is on its way out. */
  boolean leaves() {
    return pods.values().stream().anyMatch(ObservedPod::leaves);
  }

  /** Whether all pods exist and none is on its way out. */
  boolean complete() {
    return exists() && free().isEmpty() && !leaves();
  }

  /** Whether all pods exist and are ready. */
  boolean running() {
    return complete() && pods.values().stream().allMatch(ObservedPod::serves);
  }

  /** Whether its deletion has been decided and has begun, so that it cannot be taken back. */
  boolean deletionGoesOn() {
    return remembered(ReplicaState.DELETING) && !complete();
  }

  /** Whether all of its pods had been there and one is not any more, or is on its way out. */
  boolean lostPod() {
    boolean formed = remembered(ReplicaState.STARTING) || remembered(ReplicaState.RUNNING);
    return leaves() || (formed && !complete());
  }

  private boolean remembered(ReplicaState state) {
    return memory != null && memory.state() == state;
  }

  /** The first pod that has ended and will not run again. */
  @Nullable ObservedPod ended() {
    return pods.values().stream()
        .filter(pod -> !pod.terminating() && pod.ended())
        .findFirst()
        .orElse(null);
  }

  /** The first pod that is not ready after a restart which is not overcome. */
  @Nullable ObservedPod relapsed() {
    int overcome = memory == null ? 0 : memory.restarts();
    if (restarts() <= overcome) return null;
    return pods.values().stream()
        .filter(pod -> pod.phase() == Phase.RUNNING || pod.phase() == Phase.PENDING)
        .filter(pod -> pod.restarts() > 0 && !pod.ready() && !pod.leaves())
        .findFirst()
        .orElse(null);
  }

  int restarts() {
    return pods.values().stream().mapToInt(ObservedPod::restarts).sum();
  }

  /** What a scale-down would lose, by the annotations of the pods. */
  long deletionCost() {
    return pods.values().stream().mapToLong(Replica::deletionCost).sum();
  }

  private static long deletionCost(ObservedPod pod) {
    try {
      return Integer.parseInt(pod.annotations().getOrDefault(Names.DELETION_COST, "0"));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
