package io.ergane.testkit.breach.direction.testkit;

/** Stands for the module testkit. */
public final class Fixture {
  public Object uses() {
    return "nothing";
  }
}
