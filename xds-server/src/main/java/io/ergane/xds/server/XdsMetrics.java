package io.ergane.xds.server;

import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.session.Event;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the discovery service counts. Type labels are the last parts of the URLs of types that are
 * published; nodes can ask for any, and these are {@code other}.
 */
final class XdsMetrics {
  private static final String OTHER = "other";
  private static final Map<String, String> LABELS = labels();

  private final MeterRegistry registry;

  /** By label. */
  private final Map<String, OfType> types = new ConcurrentHashMap<>();

  private record OfType(
      Counter pushes, Counter bytes, Counter acks, Counter nacks, Counter expired, Timer live) {}

  XdsMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  <T> void gauge(String name, String help, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value).description(help).register(registry);
  }

  void pushed(String typeUrl, int bytes) {
    OfType type = type(typeUrl);
    type.pushes().increment();
    type.bytes().increment(bytes);
  }

  void happened(Event event) {
    OfType type = type(event.typeUrl());
    switch (event) {
      case Event.Acknowledged ack -> {
        type.acks().increment();
        type.live().record(Duration.ofNanos(Math.max(0, ack.nanos())));
      }
      case Event.Rejected _ -> type.nacks().increment();
      case Event.BarrierExpired _ -> type.expired().increment();
    }
  }

  void refused(String reason) {
    Counter.builder("ergane_xds_refused_streams")
        .description("Streams refused or ended because of a bound or an unsupported node.")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  private OfType type(String typeUrl) {
    return types.computeIfAbsent(LABELS.getOrDefault(typeUrl, OTHER), this::ofType);
  }

  private static Map<String, String> labels() {
    return Stream.concat(TypeUrl.ALL.stream(), ImageTypes.ALL.stream())
        .collect(Collectors.toUnmodifiableMap(url -> url, TypeUrl::shortName));
  }

  private OfType ofType(String label) {
    return new OfType(
        counter("ergane_xds_pushes", "Responses sent.", label),
        counter("ergane_xds_push_bytes", "Bytes of responses sent.", label),
        counter("ergane_xds_acks", "Responses that nodes acknowledged.", label),
        counter("ergane_xds_nacks", "Responses that nodes rejected.", label),
        counter("ergane_xds_expired_barriers", "Waits for a node that were given up.", label),
        Timer.builder("ergane_xds_ack")
            .description("From the publication or request that a response follows to its ack.")
            .tag("type", label)
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofSeconds(30))
            .register(registry));
  }

  private Counter counter(String name, String help, String label) {
    return Counter.builder(name).description(help).tag("type", label).register(registry);
  }
}
