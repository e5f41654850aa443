package io.ergane.cli;

import io.ergane.controllers.kubernetes.Cluster;
import java.util.Set;

/** The controllers that bring workload objects to what they declare. */
final class WorkloadControllers {
  private WorkloadControllers() {}

  /**
   * Starts them; closing ends their work.
   *
   * @param names of those that are wanted, as {@link ControllerChoice} gives them
   * @param workers objects that one controller works on at a time
   */
  static AutoCloseable start(Cluster cluster, Set<String> names, int workers) {
    return () -> {};
  }
}
