package io.ergane.testkit.breach.direction.cli;

/** Stands for the module cli. */
public final class Verb {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.proxy.Listener();
  }
}
