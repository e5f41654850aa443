package io.ergane.dataplane.telemetry;

/** Upper bounds of Kthena's histograms. */
final class Buckets {
  /** Seconds of a request or a phase of it. */
  static final double[] REQUEST = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

  /** Seconds of a plugin's run. */
  static final double[] PLUGIN = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5};

  /** Shares; the lowest bucket counts those that are 0. */
  static final double[] RATIO = {0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1};

  /** Seconds between tokens. */
  static final double[] TOKEN = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};

  private Buckets() {}
}
