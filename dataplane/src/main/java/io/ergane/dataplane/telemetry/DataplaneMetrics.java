package io.ergane.dataplane.telemetry;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.Signal;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.PoolRuntime;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;

/** Metrics over a data plane's state, read when they are scraped. */
public final class DataplaneMetrics {
  private static final double NANOS = 1e-9;

  private static final String[] ENDPOINT = {"endpoint", "port"};

  private final Dataplane dataplane;
  private final PrometheusRegistry registry;

  public DataplaneMetrics(Dataplane dataplane, PrometheusMeterRegistry registry) {
    this.dataplane = dataplane;
    this.registry = registry.getPrometheusRegistry();
    image();
    diagnostics();
    gauge(
        "kthena_router_prefix_cache_entries",
        "Entries of the prefix indexes.",
        () ->
            dataplane.state().pools().values().stream()
                .mapToLong(PoolRuntime::prefixEntries)
                .sum());
    gauge("ergane_endpoints", "Endpoints known.", () -> dataplane.state().watched().size());
    gauge(
        "ergane_endpoints_left_out",
        "Endpoints not used, the bound on endpoints being reached.",
        () -> dataplane.state().leftOut().size());
    gauge("ergane_endpoints_limit", "Bound on endpoints.", () -> dataplane.board().capacity());
    endpoints();
  }

  private void image() {
    GaugeWithCallback.builder()
        .name("ergane_routing_image_info")
        .help("1 for the hash of the routing image in force.")
        .labelNames("hash")
        .callback(out -> out.call(1, dataplane.state().image().hash()))
        .register(registry);
  }

  private void diagnostics() {
    GaugeWithCallback.builder()
        .name("ergane_diagnostics")
        .help("Diagnostics on what users declared.")
        .labelNames("severity", "code")
        .callback(out ->
            countedDiagnostics()
                .forEach((labels, count) -> out.call(count, labels.get(0), labels.get(1))))
        .register(registry);
  }

  private Map<List<String>, Integer> countedDiagnostics() {
    Map<List<String>, Integer> counts = new LinkedHashMap<>();
    for (Diagnostic diagnostic : dataplane.state().compilation().diagnostics()) {
      String severity = diagnostic.severity().name().toLowerCase(Locale.ROOT);
      counts.merge(List.of(severity, diagnostic.code()), 1, Integer::sum);
    }
    return counts;
  }

  private void endpoints() {
    endpointGauge(
        "ergane_endpoint_in_flight",
        "Requests in flight at an endpoint.",
        slot -> dataplane.board().inFlight(slot));
    endpointGauge(
        "ergane_endpoint_ejected",
        "1 while an endpoint is out of rotation.",
        slot -> dataplane.health().ejected(slot, dataplane.now()) ? 1 : 0);
    endpointGauge(
        "ergane_endpoint_signal_age_seconds",
        "Age of an endpoint's last metrics; NaN before the first.",
        this::sampleAge);
    endpointGauge(
        "ergane_endpoint_kv_cache_usage",
        "Share of an engine's KV cache in use; NaN when unknown.",
        slot -> read(Signal.KV_USAGE, slot));
    endpointGauge(
        "ergane_endpoint_waiting",
        "Requests waiting in an engine; NaN when unknown.",
        slot -> read(Signal.WAITING, slot));
    CounterWithCallback.builder()
        .name("ergane_endpoint_ejections")
        .help("Times an endpoint was taken out of rotation.")
        .labelNames(ENDPOINT)
        .callback(
            out -> each((slot, labels) -> out.call(dataplane.health().ejections(slot), labels)))
        .register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }

  private void endpointGauge(String name, String help, IntToDoubleFunction bySlot) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(ENDPOINT)
        .callback(out -> each((slot, labels) -> out.call(bySlot.applyAsDouble(slot), labels)))
        .register(registry);
  }

  /** Takes an endpoint's slot and the values of its labels. */
  private interface Labelled {
    void take(int slot, String... labels);
  }

  /** Visits each port of each pod once, whether or not TLS is spoken there. */
  private void each(Labelled visitor) {
    Set<List<String>> seen = new HashSet<>();
    for (Dataplane.Watched watched : dataplane.state().watched()) {
      Endpoint endpoint = watched.endpoint();
      List<String> labels = List.of(endpoint.pod().toString(), Integer.toString(endpoint.port()));
      if (seen.add(labels)) {
        visitor.take(watched.slot(), labels.toArray(String[]::new));
      }
    }
  }

  private double sampleAge(int slot) {
    long age = dataplane.board().sampleAge(slot, dataplane.now());
    return age < 0 ? Double.NaN : age * NANOS;
  }

  private double read(Signal signal, int slot) {
    return dataplane.board().read(signal, slot, dataplane.now(), Long.MAX_VALUE);
  }
}
