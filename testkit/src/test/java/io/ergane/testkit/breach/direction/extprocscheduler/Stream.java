package io.ergane.testkit.breach.direction.extprocscheduler;

/** Stands for the module extprocscheduler. */
public final class Stream {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.dataplane.Shell();
  }
}
