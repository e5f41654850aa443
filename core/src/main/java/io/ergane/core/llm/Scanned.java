package io.ergane.core.llm;

/** Outcome of a request scan. */
public sealed interface Scanned permits RequestFacts, Malformed {}
