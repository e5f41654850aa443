package io.ergane.testkit.breach.direction.extproc;

/** Stands for the module extproc. */
public final class Stream {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.dataplane.Shell();
  }
}
