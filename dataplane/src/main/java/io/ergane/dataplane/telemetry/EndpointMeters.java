package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.NANOS;
import static io.ergane.dataplane.telemetry.Families.OWN;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import java.util.Set;

/** Families by endpoint, whose series go with their pods. */
final class EndpointMeters {
  private final Counter requests;
  private final Summary firstToken;
  private final Summary perToken;

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

  void record(String pod, RequestRecord record) {
    requests.labelValues(pod).inc();
    if (record.firstByteNanos == 0 || record.status >= 400) {
      return;
    }
    firstToken.labelValues(pod).observe((record.firstByteNanos - record.startNanos) * NANOS);
    if (record.stream && record.lastByteNanos > 0 && record.outputTokens > 1) {
      double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
      perToken.labelValues(pod).observe(decoding / (record.outputTokens - 1));
    }
  }

  void retain(Set<String> pods) {
    requests.removeIf(labels -> !pods.contains(labels.get(0)));
    firstToken.removeIf(labels -> !pods.contains(labels.get(0)));
    perToken.removeIf(labels -> !pods.contains(labels.get(0)));
  }
}
