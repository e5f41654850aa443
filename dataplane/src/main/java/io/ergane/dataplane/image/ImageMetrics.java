package io.ergane.dataplane.image;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/** Metrics of an {@link ImageStream}, read when they are scraped. */
public final class ImageMetrics {
  private ImageMetrics() {}

  /** Registers them. */
  public static void register(ImageMonitor monitor, PrometheusMeterRegistry metrics) {
    PrometheusRegistry registry = metrics.getPrometheusRegistry();
    gauge(
        registry,
        "ergane_image_connected",
        "1 while the control plane answers.",
        () -> monitor.isConnected() ? 1 : 0);
    gauge(
        registry,
        "ergane_image_disconnected_seconds",
        "Time without a control plane; 0 while it answers.",
        monitor::disconnectedSeconds);
    gauge(
        registry,
        "ergane_image_age_seconds",
        "Time since the image or the endpoints in force last changed; NaN before the first.",
        monitor::ageSeconds);
    gauge(
        registry,
        "ergane_image_incomplete",
        "1 while parts of a newer image are missing or refused.",
        () -> monitor.status().waitingFor().isEmpty() ? 0 : 1);
    counter(
        registry,
        "ergane_image_changes",
        "Changes of image or endpoints put into force.",
        monitor::applied);
    counter(
        registry,
        "ergane_image_refused_resources",
        "Resources of the control plane that were refused.",
        monitor::refused);
    counter(
        registry,
        "ergane_image_connections",
        "Streams of the control plane that were answered.",
        monitor::connections);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }

  private static void counter(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }
}
