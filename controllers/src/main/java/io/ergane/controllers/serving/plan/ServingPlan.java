package io.ergane.controllers.serving.plan;

import java.time.Instant;
import java.util.List;

/** The decisions of the ModelServing controller. */
public final class ServingPlan {
  private ServingPlan() {}

  /**
   * What is to be done now; empty changes and an equal status when all is as it should be.
   *
   * @param now any time not before the times in {@code observed}
   */
  public static Step next(Observed observed, Instant now) {
    return new Step(List.of(), observed.serving().status(), List.of(), null);
  }
}
