package io.ergane.testkit.breach.direction.extprocscheduler;

/** Stands for the module extprocscheduler. */
public final class Neighbour {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.proxy.Listener();
  }
}
