package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.KTHENA;
import static io.ergane.dataplane.telemetry.Families.NANOS;
import static io.ergane.dataplane.telemetry.Families.OWN;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /** A series that comes up with the first request that needs it. Thread-safe. */
  private static final class Late<P> {
    private final Supplier<P> series;
    private volatile @Nullable P known;

    /**
     * @param series makes it, or finds it when another thread was first
     */
    Late(Supplier<P> series) {
      this.series = series;
    }

    P get() {
      P present = known;
      if (present == null) {
        present = series.get();
        known = present;
      }
      return present;
    }
  }

  /** The series of one label set; looking them up by label costs more than counting. */
  final class Recorder {
    private final CounterDataPoint counted;
    private final DistributionDataPoint lasted;
    private final Late<CounterDataPoint> inputTokens;
    private final Late<CounterDataPoint> outputTokens;
    private final Late<CounterDataPoint> estimatedTokens;
    private final Late<CounterDataPoint> retried;
    private final Late<CounterDataPoint> ejected;
    private final Late<CounterDataPoint> evicted;
    private final Late<DistributionDataPoint> matchRatio;
    private final Late<DistributionDataPoint> firstTokenTime;
    private final Late<DistributionDataPoint> tokenTime;
    private final Late<DistributionDataPoint> prefillTime;
    private final Late<DistributionDataPoint> decodeTime;

    private Recorder(MeterKey key) {
      MeterKey.Backend to = key.backend();
      String model = key.model();
      String path = key.path();
      String status = Integer.toString(key.status());
      String route = to.routeLabel();
      String name = to.nameLabel();
      String upstream = to.upstreamModel();
      counted =
          requests.labelValues(
              model, path, status, key.errorType(), route, to.type(), name, upstream);
      lasted = duration.labelValues(model, path, status, route, to.type(), name, upstream);
      inputTokens = tokens("input", key, route, name);
      outputTokens = tokens("output", key, route, name);
      estimatedTokens = new Late<>(() -> estimated.labelValues(model, name));
      retried = new Late<>(() -> retries.labelValues(model, name));
      ejected = new Late<>(() -> ejections.labelValues(model, name));
      evicted = new Late<>(() -> prefixEvictions.labelValues(model));
      matchRatio = new Late<>(() -> prefixMatch.labelValues(model));
      firstTokenTime = new Late<>(() -> firstToken.labelValues(model, name));
      tokenTime = new Late<>(() -> perToken.labelValues(model, name));
      prefillTime = new Late<>(() -> prefill.labelValues(model, path, status));
      decodeTime = new Late<>(() -> decode.labelValues(model, path, status));
    }

    private Late<CounterDataPoint> tokens(String type, MeterKey key, String route, String name) {
      MeterKey.Backend to = key.backend();
      return new Late<>(() ->
          tokens.labelValues(
              key.model(), key.path(), type, route, to.type(), name, to.upstreamModel()));
    }

    void record(RequestRecord record) {
      counted.inc();
      lasted.observe((record.endNanos - record.startNanos) * NANOS);
      add(inputTokens, record.inputTokens);
      add(outputTokens, record.outputTokens);
      add(estimatedTokens, record.outputEstimated ? record.outputTokens : 0);
      add(retried, record.attempts - 1);
      add(ejected, record.ejections);
      add(evicted, record.prefixEvictions);
      if (!Float.isNaN(record.prefixShare)) {
        matchRatio.get().observe(record.prefixShare);
      }
      if (record.firstByteNanos != 0 && record.status < 400) {
        phases(record);
      }
    }

    private static void add(Late<CounterDataPoint> series, int amount) {
      if (amount > 0) {
        series.get().inc(amount);
      }
    }

    private void phases(RequestRecord record) {
      prefillTime.get().observe((record.firstByteNanos - record.upstreamStartNanos) * NANOS);
      firstTokenTime.get().observe((record.firstByteNanos - record.startNanos) * NANOS);
      if (record.stream && record.lastByteNanos > 0) {
        double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
        decodeTime.get().observe(decoding);
        if (record.outputTokens > 1) {
          tokenTime.get().observe(decoding / (record.outputTokens - 1));
        }
      }
    }
  }
}
