package io.ergane.controllers.serving.plan;

import io.ergane.api.ServingGroupStatus.RoleReplica;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often a role replica has failed in a row, and what about it now. It is written to the status
 * before anything is deleted, so that it outlives the pods and the controller.
 *
 * @param count deletions for a failure in a row
 * @param at of the last of them
 * @param since when its pod was given time to recover by itself; null: none was
 * @param pod that failed last, or is given time
 */
record Failures(
    int count,
    @Nullable Instant at,
    @Nullable Instant since,
    @Nullable String pod,
    @Nullable String reason) {
  static final Failures NONE = new Failures(0, null, null, null, null);

  /** Wait before the second deletion in a row; each further one waits twice as long. */
  static final Duration FIRST_WAIT = Duration.ofSeconds(10);

  static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** How long after its last failure a running replica is as good as new. */
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  static Failures of(@Nullable RoleReplica memory) {
    return memory == null
        ? NONE
        : new Failures(
            memory.failures(),
            memory.failedAt(),
            memory.failingSince(),
            memory.pod(),
            memory.reason());
  }

  /** The worst of several: a ServingGroup that is made anew as a whole counts its replicas' sum. */
  static Failures worst(List<Failures> all) {
    Failures worst = NONE;
    for (Failures failures : all) {
      boolean later = failures.at != null && (worst.at == null || failures.at.isAfter(worst.at));
      worst =
          new Failures(
              Math.max(worst.count, failures.count),
              later ? failures.at : worst.at,
              null,
              null,
              null);
    }
    return worst;
  }

  /** When the next deletion for a failure is allowed; null: at once. */
  @Nullable Instant notBefore() {
    return count == 0 || at == null ? null : at.plus(waitAfter(count));
  }

  /** Doubles with each failure up to the longest. */
  static Duration waitAfter(int failures) {
    int doublings = Math.clamp(failures - 1L, 0, 10);
    Duration wait = FIRST_WAIT.multipliedBy(1L << doublings);
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  /** One more deletion; {@code before} is what its wait is counted from. */
  Failures deleted(Failures before, ObservedPod failed, String why, Instant now) {
    return new Failures(before.count + 1, now, null, failed.name(), why);
  }

  /** A pod is given time. */
  Failures failing(ObservedPod failing, String why, Instant start) {
    return new Failures(count, at, start, failing.name(), why);
  }

  /** Nothing fails now. */
  Failures quiet() {
    return since == null ? this : new Failures(count, at, null, pod, reason);
  }

  /** Since when this pod is given time; {@code now} if it is not yet. */
  Instant sinceOf(ObservedPod failing, Instant now) {
    return since != null && Objects.equals(pod, failing.name()) ? since : now;
  }
}
