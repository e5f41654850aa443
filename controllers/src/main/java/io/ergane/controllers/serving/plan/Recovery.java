package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ServingGroupStatus.ReplicaState;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import io.ergane.controllers.serving.plan.Leaving.Exit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is made anew because something failed or is gone.
 *
 * <p>A pod fails when it has ended, or is not ready after a restart that is not overcome; the
 * second gets the restart grace to recover by itself. Deletions for failures in a row wait, each
 * twice as long as the one before. A pod that somebody deleted is no failure. With recovery policy
 * None, restarts are left to the node, and a pod that has ended is replaced by itself.
 */
final class Recovery {
  private final Settings settings;
  private final Leaving leaving;
  private final Alarm alarm;
  private final Instant now;
  private final Map<Replica, Failures> failures = new HashMap<>();

  Recovery(Settings settings, Leaving leaving, Alarm alarm, Instant now) {
    this.settings = settings;
    this.leaving = leaving;
    this.alarm = alarm;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** What is to be remembered of a replica's failures. */
  Failures failures(Replica replica) {
    return failures.getOrDefault(replica, Failures.of(replica.memory()).quiet());
  }

  void decide(List<Group> groups) {
    for (Group group : groups) {
      if (group.deletionGoesOn()) {
        leaving.add(group, new Exit("deletion of the ServingGroup goes on", true));
      }
      for (Replica replica : group.replicas()) decide(group, replica);
    }
  }

  private void decide(Group group, Replica replica) {
    boolean none = settings.recovery() == RecoveryPolicy.NONE;
    if (replica.deletionGoesOn()) {
      leaving.add(replica, new Exit("deletion of the role replica goes on", true));
    } else if (none) {
      replica.pods().stream()
          .filter(ObservedPod::leaves)
          .forEach(pod -> leaving.add(pod, new Exit("it is marked as draining", true)));
      fail(group, replica, replica.ended());
    } else if (replica.lostPod()) {
      lost(group, replica);
    } else {
      ObservedPod ended = replica.ended();
      fail(group, replica, ended != null ? ended : replica.relapsed());
    }
  }

  /** A pod is gone or goes, and this was not decided here. */
  private void lost(Group group, Replica replica) {
    boolean whole = replica.pods().stream().noneMatch(ObservedPod::terminating);
    boolean drain = whole && replica.exists() && replica.free().isEmpty();
    if (settings.recovery() == RecoveryPolicy.SERVING_GROUP_RECREATE && missed(group, replica)) {
      leaving.add(group, new Exit("a pod of the ServingGroup is gone", true));
    }
    if (replica.exists()) {
      leaving.add(replica, new Exit("a pod of the role replica is gone", drain));
    }
  }

  /** Whether the group lacks this replica; without memory it may be one that is scaled down. */
  private static boolean missed(Group group, Replica replica) {
    if (replica.memory() != null) return true;
    Wanted wanted = group.wanted(replica.role());
    long others = group.ofRole(replica.role()).stream().filter(r -> !r.leaves()).count();
    return wanted != null && others < wanted.replicas();
  }

  private void fail(Group group, Replica replica, @Nullable ObservedPod failed) {
    Failures known = Failures.of(replica.memory());
    if (failed == null || leaving.has(group)) {
      overcome(replica, known);
      return;
    }
    String reason = reason(failed);
    Instant since = failed.ended() ? now : known.sinceOf(failed, now);
    Instant due = failed.ended() ? now : since.plus(settings.grace());
    Failures counted = counted(group, known);
    Instant allowed = counted.notBefore();
    if (allowed != null && allowed.isAfter(due)) due = allowed;
    if (due.isAfter(now)) {
      alarm.at(due);
      failures.put(replica, known.failing(failed, reason, since));
    } else {
      failures.put(replica, known.deleted(counted, failed, reason, now));
      leave(group, replica, failed, reason);
    }
  }

  private Failures counted(Group group, Failures own) {
    return settings.recovery() == RecoveryPolicy.SERVING_GROUP_RECREATE
        ? Failures.worst(
            group.replicas().stream().map(replica -> Failures.of(replica.memory())).toList())
        : own;
  }

  private void leave(Group group, Replica replica, ObservedPod failed, String reason) {
    String why = "pod " + failed.name() + " failed: " + reason;
    switch (settings.recovery()) {
      case NONE -> leaving.add(failed, new Exit(why, false));
      case ROLE_RECREATE -> leaving.add(replica, new Exit(why, false));
      case SERVING_GROUP_RECREATE -> {
        leaving.add(replica, new Exit(why, false));
        leaving.add(group, new Exit(why, true));
      }
    }
  }

  private void overcome(Replica replica, Failures known) {
    Instant at = known.at();
    if (known.count() == 0 || at == null || !replica.running()) return;
    Instant forgotten = at.plus(Failures.FORGOTTEN_AFTER);
    if (forgotten.isAfter(now)) alarm.at(forgotten);
    else failures.put(replica, Failures.NONE);
  }

  private static String reason(ObservedPod pod) {
    if (pod.trouble() != null) return pod.trouble();
    return switch (pod.phase()) {
      case FAILED -> "it has failed";
      case SUCCEEDED -> "it has ended, though it should serve";
      case PENDING, RUNNING, UNKNOWN -> "it is not ready after a restart";
    };
  }

  /** State of a replica that stays, as pods show it. */
  static ReplicaState state(Replica replica) {
    if (replica.running()) return ReplicaState.RUNNING;
    return replica.complete() ? ReplicaState.STARTING : ReplicaState.CREATING;
  }

  /** Restarts that count as overcome from now on. */
  static int overcomeRestarts(Replica replica, ReplicaState state) {
    RoleReplica memory = replica.memory();
    return switch (state) {
      case RUNNING -> replica.restarts();
      case STARTING -> memory == null ? 0 : Objects.requireNonNull(memory).restarts();
      case CREATING, DELETING -> 0;
    };
  }
}
