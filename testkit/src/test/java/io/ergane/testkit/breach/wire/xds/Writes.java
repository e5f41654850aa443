package io.ergane.testkit.breach.wire.xds;

/** Makes a message, where it may. */
public final class Writes {
  public Object message() {
    return new io.ergane.testkit.breach.wire.stubs.Message();
  }
}
