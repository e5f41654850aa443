package io.ergane.e2e.kube;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's status says.
 *
 * @param address its IP, null before it starts
 * @param restarts of each of its containers
 */
record Shown(
    Stage stage, @Nullable String address, @Nullable Instant started, boolean ready, int restarts) {
  static final Shown NOTHING = new Shown(Stage.NEW, null, null, false, 0);

  /** Where a pod is in its life. */
  enum Stage {
    NEW("Pending"),
    UNSCHEDULABLE("Pending"),
    CREATING("Pending"),
    IMAGE_MISSING("Pending"),
    RUNNING("Running"),
    CRASHED("Running"),
    NODE_GONE("Running"),
    FAILED("Failed");

    private final String phase;

    Stage(String phase) {
      this.phase = phase;
    }

    String phase() {
      return phase;
    }

    boolean isScheduled() {
      return this != NEW && this != UNSCHEDULABLE;
    }
  }

  Shown at(Stage next) {
    return new Shown(next, address, started, ready && next == Stage.RUNNING, restarts);
  }

  Shown startedAt(String newAddress, Instant now) {
    return new Shown(Stage.RUNNING, newAddress, now, false, restarts);
  }

  Shown crashed() {
    return new Shown(Stage.CRASHED, address, started, false, restarts + 1);
  }

  Shown withReady(boolean now) {
    return new Shown(stage, address, started, now, restarts);
  }
}
