package io.ergane.testkit.breach.plugin;

/** A plugin that anyone can reach. */
public final class OpenScorer {}
