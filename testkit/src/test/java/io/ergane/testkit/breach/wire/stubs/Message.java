package io.ergane.testkit.breach.wire.stubs;

/** Stands for a generated message. */
public final class Message {}
