package io.ergane.testkit.breach.direction.proxy;

/** Stands for the module proxy. */
public final class Listener {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.dataplane.Shell();
  }
}
