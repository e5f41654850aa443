package io.ergane.testkit.breach.direction.core;

/** Stands for the module core. */
public final class Decision {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.api.Resource();
  }
}
