package io.ergane.testkit.breach.direction.proxy;

/** Stands for the module proxy. */
public final class Neighbour {
  public Object uses() {
    return new io.ergane.testkit.breach.direction.extproc.Stream();
  }
}
