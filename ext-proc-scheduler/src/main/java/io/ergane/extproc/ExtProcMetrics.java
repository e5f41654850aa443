package io.ergane.extproc;

import io.ergane.extproc.wire.ProcessingMessage;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Metrics of a server, read when they are scraped. */
public final class ExtProcMetrics {
  private static final String PREFIX = "ergane_ext_proc_";

  private final PrometheusRegistry registry;

  private ExtProcMetrics(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /** Registers the metrics of a server; once a registry. */
  public static void register(ExtProcServer server, PrometheusMeterRegistry registry) {
    new ExtProcMetrics(registry.getPrometheusRegistry()).register(server.state());
  }

  private void register(ServerState server) {
    Counts counts = server.counts;
    ExtProcSettings.Limits limits = server.settings.limits();
    gauge("connections", "Connections of Envoys.", counts.connections::get);
    gauge("open_streams", "Streams that are open.", counts.openStreams::get);
    gauge(
        "in_flight",
        "Requests between their first message and the news of their end.",
        counts.inFlight::get);
    gauge("in_flight_limit", "Bound on requests in flight.", limits::maxInFlight);
    gauge(
        "open_requests", "Directed requests whose end is not known yet.", () -> server.open.size());
    gauge("buffered_bytes", "Bodies that come in pieces.", counts.bufferedBytes::get);
    gauge("buffered_bytes_limit", "Bound on them.", limits::maxBufferedBytes);
    gauge("waiting_bodies", "Long bodies that wait for their turn.", server.turns::waiting);
    gauge("part_bytes", "Messages that are not whole yet.", counts.partBytes::get);
    gauge("part_bytes_limit", "Bound on them.", limits::maxPartBytes);
    counter("streams", "Streams.", counts.streams);
    counter("streams_cancelled", "Streams that Envoy cancelled.", counts.cancelled);
    counters(
        "messages", "Messages of Envoy.", "kind", ProcessingMessage.Kind.values(), counts.messages);
    counters(
        "stream_failures",
        "Streams that were ended with an error.",
        "reason",
        Counts.Failure.values(),
        counts.failures);
    counters(
        "log_entries",
        "Access-log entries by what became of them.",
        "outcome",
        Counts.Entry.values(),
        counts.entries);
    counters(
        "lost_requests",
        "Directed requests of whose end nothing was learned.",
        "reason",
        Counts.Lost.values(),
        counts.lost);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, LongAdder value) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(out -> out.call((double) value.sum()))
        .register(registry);
  }

  private void counters(
      String name, String help, String label, Enum<?>[] values, LongAdder[] counts) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames(label)
        .callback(out -> {
          for (Enum<?> value : values) {
            out.call((double) counts[value.ordinal()].sum(), value.name().toLowerCase(Locale.ROOT));
          }
        })
        .register(registry);
  }
}
