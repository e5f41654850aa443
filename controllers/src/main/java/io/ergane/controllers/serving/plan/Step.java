package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now. The status is written first when it differs from the stored one, since it
 * remembers what the changes are about to take away; then the changes in order, up to the first
 * that fails. A step may be left at any point: the next plan goes on from what exists then.
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

  public Step {
    changes = List.copyOf(changes);
    events = List.copyOf(events);
  }
}
