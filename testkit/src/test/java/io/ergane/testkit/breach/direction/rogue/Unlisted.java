package io.ergane.testkit.breach.direction.rogue;

/** Stands for the module rogue. */
public final class Unlisted {
  public Object uses() {
    return "nothing";
  }
}
