package io.ergane.testkit.breach;

/** Concrete classes that are not final. */
public final class Open {
  static class Plain {}

  static class Extended extends Plain {}

  private Open() {}
}
