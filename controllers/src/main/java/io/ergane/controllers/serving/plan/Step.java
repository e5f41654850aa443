package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now. The status is written first when it differs from the stored one, since it
 * remembers what the changes are about to take away; then the changes in order, up to the first
 * that fails. A step may be left at any point: the next plan goes on from what exists then. A
 * {@link #isFirst first} step may be told of after its changes instead.
 *
 * @param status the whole new status
 * @param events to be published when the status has been written
 * @param again when to plan anew even if nothing changes; null: never
 */
public record Step(
    List<Change> changes,
    ModelServing.Status status,
    List<EventNote> events,
    @Nullable Instant again) {
  /** As many objects are there before anybody misses a status. */
  private static final int FEW = 32;

  public Step {
    changes = List.copyOf(changes);
    events = List.copyOf(events);
  }

  /**
   * Whether this begins a ModelServing with a few objects and takes nothing away: what is known
   * after its changes tells all that its status would have told before them.
   *
   * @param stored the status that the ModelServing has
   */
  public boolean isFirst(ModelServing.Status stored) {
    return stored.equals(ModelServing.Status.EMPTY)
        && !changes.isEmpty()
        && changes.size() <= FEW
        && changes.stream().allMatch(Change::makes);
  }
}
