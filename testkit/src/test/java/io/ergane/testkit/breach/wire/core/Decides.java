package io.ergane.testkit.breach.wire.core;

/** Makes a message, where it may not. */
public final class Decides {
  public Object message() {
    return new io.ergane.testkit.breach.wire.stubs.Message();
  }
}
