package io.ergane.testkit.breach.direction.dataplane;

/** Stands for the module dataplane. */
public final class Shell {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.core.Decision();
  }
}
