package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.KTHENA;
import static io.ergane.dataplane.telemetry.Families.NANOS;
import static io.ergane.dataplane.telemetry.Families.OWN;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;

/** Families that finished requests are recorded in. */
final class FinishedMeters {
  private final Counter requests;
  private final Counter tokens;
  private final Counter estimated;
  private final Counter retries;
  private final Counter ejections;
  private final Counter prefixEvictions;
  private final Histogram duration;
  private final Histogram prefill;
  private final Histogram decode;
  private final Histogram firstToken;
  private final Histogram perToken;
  private final Histogram prefixMatch;

  FinishedMeters(Families families) {
    String[] phase = {"model", "path", "status_code"};
    String[] served = {"model", "backend_name"};
    requests =
        families.counter(
            KTHENA + "requests",
            "Requests.",
            "model",
            "path",
            "status_code",
            "error_type",
            "model_route",
            "backend_type",
            "backend_name",
            "upstream_model");
    duration =
        families.histogram(
            KTHENA + "request_duration_seconds",
            "Time from a request's start to the end of its answer.",
            Buckets.REQUEST,
            "model",
            "path",
            "status_code",
            "model_route",
            "backend_type",
            "backend_name",
            "upstream_model");
    prefill =
        families.histogram(
            KTHENA + "request_prefill_duration_seconds",
            "Time from sending a request to an engine to the first byte of the answer.",
            Buckets.REQUEST,
            phase);
    decode =
        families.histogram(
            KTHENA + "request_decode_duration_seconds",
            "Time from the first byte of an answer to its last.",
            Buckets.REQUEST,
            phase);
    tokens =
        families.counter(
            KTHENA + "tokens",
            "Tokens of prompts and answers.",
            "model",
            "path",
            "token_type",
            "model_route",
            "backend_type",
            "backend_name",
            "upstream_model");
    prefixMatch =
        families.histogram(
            KTHENA + "prefix_cache_match_ratio",
            "Share of a prompt that the chosen endpoint held already.",
            Buckets.RATIO,
            "model");
    prefixEvictions =
        families.counter(
            KTHENA + "prefix_cache_evictions",
            "Entries that prefix indexes gave up to remember a model's prompts.",
            "model");
    estimated =
        families.counter(
            OWN + "estimated_output_tokens",
            "Output tokens that were estimated from the length of answers without usage.",
            served);
    retries = families.counter(OWN + "retries", "Attempts after a request's first.", served);
    ejections =
        families.counter(
            OWN + "ejections", "Times that requests took an endpoint out of rotation.", served);
    firstToken =
        families.histogram(
            OWN + "time_to_first_token_seconds",
            "Time from a request's start to the first byte of its answer.",
            Buckets.REQUEST,
            served);
    perToken =
        families.histogram(
            OWN + "time_per_output_token_seconds",
            "Mean time per token after the first, one sample a streamed answer.",
            Buckets.TOKEN,
            served);
  }

  Recorder recorder(MeterKey key) {
    return new Recorder(key);
  }

  /** The series of one label set. Those that few requests need come up with the first of them. */
  final class Recorder {
    private final MeterKey key;
    private final CounterDataPoint counted;
    private final DistributionDataPoint lasted;

    private Recorder(MeterKey key) {
      this.key = key;
      MeterKey.Backend to = key.backend();
      counted =
          requests.labelValues(
              key.model(),
              key.path(),
              key.status(),
              key.errorType(),
              to.route(),
              to.type(),
              to.name(),
              to.upstreamModel());
      lasted =
          duration.labelValues(
              key.model(),
              key.path(),
              key.status(),
              to.route(),
              to.type(),
              to.name(),
              to.upstreamModel());
    }

    void record(RequestRecord record) {
      counted.inc();
      lasted.observe((record.endNanos - record.startNanos) * NANOS);
      tokens("input", record.inputTokens);
      tokens("output", record.outputTokens);
      if (record.outputEstimated && record.outputTokens > 0) {
        estimated.labelValues(key.model(), key.backend().name()).inc(record.outputTokens);
      }
      if (record.attempts > 1) {
        retries.labelValues(key.model(), key.backend().name()).inc(record.attempts - 1.0);
      }
      if (record.ejections > 0) {
        ejections.labelValues(key.model(), key.backend().name()).inc(record.ejections);
      }
      prefix(record);
      if (record.firstByteNanos != 0 && record.status < 400) {
        phases(record);
      }
    }

    private void prefix(RequestRecord record) {
      if (!Float.isNaN(record.prefixShare)) {
        prefixMatch.labelValues(key.model()).observe(record.prefixShare);
      }
      if (record.prefixEvictions > 0) {
        prefixEvictions.labelValues(key.model()).inc(record.prefixEvictions);
      }
    }

    private void phases(RequestRecord record) {
      MeterKey k = key;
      prefill
          .labelValues(k.model(), k.path(), k.status())
          .observe((record.firstByteNanos - record.upstreamStartNanos) * NANOS);
      firstToken
          .labelValues(k.model(), k.backend().name())
          .observe((record.firstByteNanos - record.startNanos) * NANOS);
      if (record.stream && record.lastByteNanos > 0) {
        double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
        decode.labelValues(k.model(), k.path(), k.status()).observe(decoding);
        if (record.outputTokens > 1) {
          perToken
              .labelValues(k.model(), k.backend().name())
              .observe(decoding / (record.outputTokens - 1));
        }
      }
    }

    private void tokens(String type, int amount) {
      if (amount > 0) {
        MeterKey.Backend to = key.backend();
        tokens
            .labelValues(
                key.model(), key.path(), type, to.route(), to.type(), to.name(), to.upstreamModel())
            .inc(amount);
      }
    }
  }
}
