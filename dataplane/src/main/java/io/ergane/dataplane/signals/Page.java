package io.ergane.dataplane.signals;

/** What an engine is asked for. */
public enum Page {
  /** The metrics exposition. */
  METRICS,
  /** The list of models and adapters. */
  MODELS
}
