package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.NANOS;
import static io.ergane.dataplane.telemetry.Families.OWN;

import io.ergane.api.ObjectName;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Families by endpoint, whose series go with their pods. */
final class EndpointMeters {
  private final Counter requests;
  private final Summary firstToken;
  private final Summary perToken;
  private final Map<ObjectName, Series> byPod = new ConcurrentHashMap<>();

  /** One endpoint's; looking them up by label costs more than counting. */
  private record Series(
      CounterDataPoint requests,
      DistributionDataPoint firstToken,
      DistributionDataPoint perToken) {}

  EndpointMeters(Families families) {
    requests =
        families.counter(OWN + "endpoint_requests", "Answers taken from an endpoint.", "endpoint");
    firstToken =
        families.summary(
            OWN + "endpoint_time_to_first_token_seconds",
            "Time to the first byte of an answer, by endpoint.",
            "endpoint");
    perToken =
        families.summary(
            OWN + "endpoint_time_per_output_token_seconds",
            "Mean time per token after the first, by endpoint.",
            "endpoint");
  }

  void record(ObjectName pod, RequestRecord record) {
    Series series = byPod.get(pod);
    if (series == null) {
      series = byPod.computeIfAbsent(pod, this::series);
    }
    series.requests.inc();
    if (record.firstByteNanos == 0 || record.status >= 400) {
      return;
    }
    series.firstToken.observe((record.firstByteNanos - record.startNanos) * NANOS);
    if (record.stream && record.lastByteNanos > 0 && record.outputTokens > 1) {
      double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
      series.perToken.observe(decoding / (record.outputTokens - 1));
    }
  }

  private Series series(ObjectName pod) {
    String label = pod.toString();
    return new Series(
        requests.labelValues(label), firstToken.labelValues(label), perToken.labelValues(label));
  }

  void retain(Set<String> pods) {
    byPod.keySet().removeIf(pod -> !pods.contains(pod.toString()));
    requests.removeIf(labels -> !pods.contains(labels.get(0)));
    firstToken.removeIf(labels -> !pods.contains(labels.get(0)));
    perToken.removeIf(labels -> !pods.contains(labels.get(0)));
  }
}
