package io.ergane.testkit.breach.direction.api;

/** Stands for the module api. */
public final class Resource {
  public Object uses() {
    return "nothing";
  }
}
