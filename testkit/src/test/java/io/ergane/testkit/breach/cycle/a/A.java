package io.ergane.testkit.breach.cycle.a;

/** Half of a cycle. */
public final class A {
  io.ergane.testkit.breach.cycle.b.B other() {
    return new io.ergane.testkit.breach.cycle.b.B();
  }
}
