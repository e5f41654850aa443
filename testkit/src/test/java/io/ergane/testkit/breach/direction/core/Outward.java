package io.ergane.testkit.breach.direction.core;

/** Stands for the module core. */
public final class Outward {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.dataplane.Shell();
  }
}
