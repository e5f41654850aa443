package io.ergane.testkit.breach.plugin;

/** A plugin as it should be. */
final class ClosedScorer {}
