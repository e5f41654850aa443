package io.ergane.e2e;

/** Ports that nothing listens on. */
public final class Ports {
  private Ports() {}

  /** One that was free a moment ago, for programs that must be told theirs. */
  public static int free() {
    return io.ergane.testkit.Ports.free();
  }
}
