package io.ergane.testkit.breach.cycle.b;

/** Half of a cycle. */
public final class B {
  io.ergane.testkit.breach.cycle.a.A other() {
    return new io.ergane.testkit.breach.cycle.a.A();
  }
}
