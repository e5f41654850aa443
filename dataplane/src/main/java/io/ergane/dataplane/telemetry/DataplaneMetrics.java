package io.ergane.dataplane.telemetry;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.schedule.Signal;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.PoolRuntime;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Gauges over a data plane's state, read when they are scraped. */
public final class DataplaneMetrics {
  private static final double NANOS = 1e-9;

  private final Dataplane dataplane;
  private final MultiGauge image;
  private final MultiGauge diagnostics;
  private final List<EndpointGauge> endpointGauges;

  /** A gauge with one series an endpoint. */
  private record EndpointGauge(MultiGauge gauge, ToDoubleFunction<Integer> bySlot) {}

  public DataplaneMetrics(Dataplane dataplane, MeterRegistry registry) {
    this.dataplane = dataplane;
    image =
        MultiGauge.builder("ergane_routing_image_info")
            .description("1 for the hash of the routing image in force.")
            .register(registry);
    diagnostics =
        MultiGauge.builder("ergane_diagnostics")
            .description("Diagnostics on what users declared.")
            .register(registry);
    endpointGauges =
        List.of(
            endpointGauge(
                registry,
                "ergane_endpoint_in_flight",
                "Requests in flight at an endpoint.",
                slot -> dataplane.board().inFlight(slot)),
            endpointGauge(
                registry,
                "ergane_endpoint_ejected",
                "1 while an endpoint is out of rotation.",
                slot -> dataplane.health().ejected(slot, dataplane.now()) ? 1 : 0),
            endpointGauge(
                registry,
                "ergane_endpoint_signal_age_seconds",
                "Age of an endpoint's last metrics; NaN before the first.",
                this::sampleAge),
            endpointGauge(
                registry,
                "ergane_endpoint_kv_cache_usage",
                "Share of an engine's KV cache in use; NaN when unknown.",
                slot -> read(Signal.KV_USAGE, slot)),
            endpointGauge(
                registry,
                "ergane_endpoint_waiting",
                "Requests waiting in an engine; NaN when unknown.",
                slot -> read(Signal.WAITING, slot)));
    Gauge.builder(
            "kthena_router_prefix_cache_entries", this, m -> m.prefix(PoolRuntime::prefixEntries))
        .description("Entries of the prefix indexes.")
        .register(registry);
    FunctionCounter.builder(
            "ergane_prefix_index_evictions", this, m -> m.prefix(PoolRuntime::prefixEvictions))
        .description("Entries that prefix indexes gave up.")
        .register(registry);
    Gauge.builder("ergane_endpoints", dataplane, d -> d.state().watched().size())
        .description("Endpoints known.")
        .register(registry);
    Gauge.builder("ergane_endpoints_left_out", dataplane, d -> d.state().leftOut().size())
        .description("Endpoints not used, the bound on endpoints being reached.")
        .register(registry);
    Gauge.builder("ergane_endpoints_limit", dataplane, d -> d.board().capacity())
        .description("Bound on endpoints.")
        .register(registry);
    dataplane.onChange(this::refresh);
  }

  private static EndpointGauge endpointGauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Integer> bySlot) {
    return new EndpointGauge(
        MultiGauge.builder(name).description(description).register(registry), bySlot);
  }

  private double sampleAge(int slot) {
    long age = dataplane.board().sampleAge(slot, dataplane.now());
    return age < 0 ? Double.NaN : age * NANOS;
  }

  private double read(Signal signal, int slot) {
    return dataplane.board().read(signal, slot, dataplane.now(), Long.MAX_VALUE);
  }

  private double prefix(ToDoubleFunction<PoolRuntime> figure) {
    return dataplane.state().pools().values().stream().mapToDouble(figure).sum();
  }

  private void refresh(Dataplane.State state) {
    image.register(
        List.of(MultiGauge.Row.of(Tags.of("hash", state.image().hash()), () -> 1)), true);
    Map<Tags, Integer> counts = new TreeMap<>(java.util.Comparator.comparing(Tags::toString));
    for (Diagnostic diagnostic : state.compilation().diagnostics()) {
      Tags tags =
          Tags.of(
              "severity",
              diagnostic.severity().name().toLowerCase(java.util.Locale.ROOT),
              "code",
              diagnostic.code());
      counts.merge(tags, 1, Integer::sum);
    }
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    counts.forEach((tags, count) -> rows.add(MultiGauge.Row.of(tags, () -> count)));
    diagnostics.register(rows, true);
    for (EndpointGauge gauge : endpointGauges) {
      List<MultiGauge.Row<?>> endpoints = new ArrayList<>();
      for (Dataplane.Watched watched : state.watched()) {
        Tags tags = Tags.of("endpoint", watched.endpoint().pod().toString());
        int slot = watched.slot();
        endpoints.add(MultiGauge.Row.of(tags, () -> gauge.bySlot().applyAsDouble(slot)));
      }
      gauge.gauge().register(endpoints, true);
    }
  }
}
