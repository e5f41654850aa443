package io.ergane.dataplane.telemetry;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Registers metric families with fixed label names, and fixed bounds where they have buckets. */
record Families(PrometheusRegistry registry) {
  static final String KTHENA = "kthena_router_";
  static final String OWN = "ergane_";
  static final double NANOS = 1e-9;

  /** Exported with the suffix {@code _total}. */
  Counter counter(String name, String help, String... labels) {
    Counter.Builder builder = Counter.builder().name(name).help(help).labelNames(labels);
    builder.withoutExemplars();
    return builder.register(registry);
  }

  Gauge gauge(String name, String help, String... labels) {
    Gauge.Builder builder = Gauge.builder().name(name).help(help).labelNames(labels);
    builder.withoutExemplars();
    return builder.register(registry);
  }

  /**
   * @param bounds upper bounds, ascending, infinity left out
   */
  Histogram histogram(String name, String help, double[] bounds, String... labels) {
    Histogram.Builder builder = Histogram.builder().name(name).help(help).labelNames(labels);
    builder.classicOnly().classicUpperBounds(bounds).withoutExemplars();
    return builder.register(registry);
  }

  /** Count and sum. */
  Summary summary(String name, String help, String... labels) {
    Summary.Builder builder = Summary.builder().name(name).help(help).labelNames(labels);
    builder.withoutExemplars();
    return builder.register(registry);
  }
}
