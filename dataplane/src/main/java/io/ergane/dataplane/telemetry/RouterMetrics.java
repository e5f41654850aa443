package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.KTHENA;
import static io.ergane.dataplane.telemetry.Families.OWN;

import io.ergane.core.schedule.StageTimer;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Kthena's router metrics by name, label and bucket, and Ergane's own beside them. Series are
 * looked up once a label set and kept; the number of label sets is bounded, and what goes beyond is
 * counted and not recorded.
 */
final class RouterMetrics {
  private final int maxLabelSets;
  private final Gauge active;
  private final Gauge downstream;
  private final Gauge upstream;
  private final Gauge labelSets;
  private final Counter dropped;
  private final Counter unsupported;
  private final FinishedMeters finishedMeters;
  private final EndpointMeters endpoints;
  private final PluginTimers plugins;
  private final Map<String, GaugeDataPoint> clients = new ConcurrentHashMap<>();
  private final Map<MeterKey.Backend, GaugeDataPoint> engines = new ConcurrentHashMap<>();
  private final Map<MeterKey, FinishedMeters.Recorder> finished = new ConcurrentHashMap<>();
  private final Map<String, StageTimer> stages = new ConcurrentHashMap<>();
  private final Paths paths = new Paths();

  /**
   * @param maxLabelSets most label sets of finished requests, 1 or more
   */
  RouterMetrics(PrometheusRegistry registry, LongSupplier nanoTime, int maxLabelSets) {
    this.maxLabelSets = maxLabelSets;
    Families families = new Families(registry);
    active = families.gauge(KTHENA + "active_requests", "Requests being served.");
    downstream =
        families.gauge(KTHENA + "active_downstream_requests", "Requests of clients.", "model");
    upstream =
        families.gauge(
            KTHENA + "active_upstream_requests",
            "Requests at engines.",
            "model_server",
            "model_route",
            "backend_type",
            "backend_name",
            "upstream_model");
    labelSets =
        families.gauge(
            OWN + "metrics_label_sets", "Label sets of finished requests that are kept.");
    dropped =
        families.counter(
            OWN + "metrics_label_sets_dropped",
            "Requests whose label set was not recorded, the bound being reached.");
    unsupported =
        families.counter(
            OWN + "unsupported_requests",
            "Requests refused for a declared feature that this build does not offer.",
            "feature");
    finishedMeters = new FinishedMeters(families);
    endpoints = new EndpointMeters(families);
    plugins = new PluginTimers(families, nanoTime);
  }

  void started() {
    active.inc();
  }

  void parsed(RequestRecord record) {
    downstream(record).inc();
  }

  private GaugeDataPoint downstream(RequestRecord record) {
    String model = MeterKey.model(record);
    GaugeDataPoint known = clients.get(model);
    return known == null ? clients.computeIfAbsent(model, downstream::labelValues) : known;
  }

  void upstreamStarted(RequestRecord record) {
    upstream(record).inc();
  }

  void upstreamEnded(RequestRecord record) {
    upstream(record).dec();
  }

  private GaugeDataPoint upstream(RequestRecord record) {
    MeterKey.Backend to = MeterKey.Backend.of(record);
    GaugeDataPoint known = engines.get(to);
    return known == null ? engines.computeIfAbsent(to, this::upstream) : known;
  }

  private GaugeDataPoint upstream(MeterKey.Backend to) {
    return upstream.labelValues(
        to.modelServerLabel(), to.routeLabel(), to.type(), to.nameLabel(), to.upstreamModel());
  }

  void ended(RequestRecord record) {
    active.dec();
    if (!record.counted) {
      return;
    }
    downstream(record).dec();
    if (record.unsupportedFeature != null) {
      unsupported.labelValues(record.unsupportedFeature).inc();
    }
    FinishedMeters.Recorder recorder = recorder(MeterKey.of(record, paths.label(record.path)));
    if (recorder == null) {
      dropped.inc();
      return;
    }
    recorder.record(record);
    if (record.pod != null) {
      endpoints.record(record.pod, record);
    }
  }

  private FinishedMeters.@org.jspecify.annotations.Nullable Recorder recorder(MeterKey key) {
    FinishedMeters.Recorder known = finished.get(key);
    if (known != null) {
      return known;
    }
    if (finished.size() >= maxLabelSets) {
      return null;
    }
    FinishedMeters.Recorder added = finished.computeIfAbsent(key, finishedMeters::recorder);
    labelSets.set(finished.size());
    return added;
  }

  /** Forgets the series of pods that are not named. */
  void retain(Set<String> pods) {
    endpoints.retain(pods);
  }

  StageTimer stages(String model) {
    return stages.computeIfAbsent(model, plugins::ofModel);
  }
}
