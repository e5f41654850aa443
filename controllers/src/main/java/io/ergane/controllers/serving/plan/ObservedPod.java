package io.ergane.controllers.serving.plan;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a plan reads of a pod.
 *
 * @param ownerUid UID of the owner that controls it
 * @param phase of {@code status.phase}; an unknown text is {@link Phase#UNKNOWN}
 * @param ready whether condition {@code Ready} is {@code True}
 * @param restarts of all containers and init containers together
 * @param terminating whether it has a deletion timestamp
 * @param startedAt of {@code status.startTime}
 * @param trouble why it does not become or stay ready, in words that a user can act on, e.g. {@code
 *     cannot be scheduled: 0/3 nodes have 8 nvidia.com/gpu free}; the same for as long as the cause
 *     is the same
 * @param drainingSince annotation {@link Names#DRAINING}; non-null means the pod leaves routing
 * @param runningRequests that its engine reports; empty when no data plane ever watched it. A pod
 *     whose engine fell silent keeps the last number
 * @param outOfRouting whether every data plane has an image without it
 */
public record ObservedPod(
    String name,
    String uid,
    @Nullable String ownerUid,
    Map<String, String> labels,
    Map<String, String> annotations,
    Phase phase,
    boolean ready,
    int restarts,
    boolean terminating,
    @Nullable Instant startedAt,
    @Nullable String trouble,
    @Nullable Instant drainingSince,
    OptionalInt runningRequests,
    boolean outOfRouting) {

  /** Where in its life a pod is. */
  public enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    UNKNOWN
  }

  public ObservedPod {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /** Whether it has ended and will never run again. */
  boolean ended() {
    return phase == Phase.FAILED || phase == Phase.SUCCEEDED;
  }

  /** Whether it serves or could. */
  boolean serves() {
    return phase == Phase.RUNNING && ready && !leaves();
  }

  /** Whether it is on its way out, whoever sent it there. */
  boolean leaves() {
    return terminating || drainingSince != null;
  }
}
