package io.ergane.testkit.breach.direction.extproc;

/** Stands for the module extproc. */
public final class Neighbour {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.proxy.Listener();
  }
}
