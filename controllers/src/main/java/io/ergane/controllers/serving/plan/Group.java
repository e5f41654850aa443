package io.ergane.controllers.serving.plan;

import io.ergane.api.ServingGroupStatus;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A ServingGroup that exists.
 *
 * @param replicas those that exist and those that are remembered, by role and ordinal
 * @param outdated whether it is not of the spec's revision
 * @param layout what it should have
 * @param memory what the status says of it; null: nothing
 */
record Group(
    int ordinal,
    String name,
    List<Replica> replicas,
    boolean outdated,
    List<Wanted> layout,
    @Nullable ServingGroupStatus memory) {

  // Two groups are the same when they are the same object: they are keys of what leaves.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(name);
  }

  List<Replica> ofRole(String role) {
    return replicas.stream().filter(r -> r.exists() && r.role().equals(role)).toList();
  }

  @Nullable Wanted wanted(String role) {
    return layout.stream().filter(w -> w.role().equals(role)).findFirst().orElse(null);
  }

  /** Whether its deletion has been decided and has begun. */
  boolean deletionGoesOn() {
    return memory != null
        && memory.state() == ServingGroupStatus.State.DELETING
        && replicas.stream().anyMatch(Replica::deletionGoesOn);
  }

  /** Whether every role has its replicas, all of them ready. */
  boolean running(Leaving leaving) {
    return !leaving.has(this) && layout.stream().allMatch(wanted -> running(wanted, leaving));
  }

  private boolean running(Wanted wanted, Leaving leaving) {
    List<Replica> running =
        ofRole(wanted.role()).stream().filter(r -> r.running() && !leaving.has(this, r)).toList();
    Set<Integer> only = wanted.only();
    return only == null
        ? running.size() >= wanted.replicas()
        : running.stream().map(Replica::ordinal).toList().containsAll(only);
  }

  long deletionCost() {
    return replicas.stream().mapToLong(Replica::deletionCost).sum();
  }
}
