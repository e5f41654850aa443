package io.ergane.dataplane.telemetry;

import io.ergane.core.schedule.StageTimer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Kthena's router metrics by name, label and bucket, and Ergane's own beside them. Meters are
 * looked up once a label set and kept; the number of label sets is bounded, and what goes beyond is
 * counted and not recorded.
 */
final class RouterMetrics {
  private static final String KTHENA = "kthena_router_";
  private static final String OWN = "ergane_";
  private static final String SECONDS = "seconds";
  private static final double NANOS = 1e-9;

  private final MeterRegistry registry;
  private final LongSupplier nanoTime;
  private final int maxSeries;
  private final Map<MeterKey, Finished> finished = new ConcurrentHashMap<>();
  private final Map<MeterKey, AtomicInteger> upstream = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> downstream = new ConcurrentHashMap<>();
  private final Map<String, Stages> stages = new ConcurrentHashMap<>();
  private final Map<String, EndpointMeters> endpoints = new ConcurrentHashMap<>();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final Paths paths = new Paths();

  RouterMetrics(MeterRegistry registry, LongSupplier nanoTime, int maxSeries) {
    this.registry = registry;
    this.nanoTime = nanoTime;
    this.maxSeries = maxSeries;
    Gauge.builder(KTHENA + "active_requests", active, AtomicInteger::get)
        .description("Requests being served.")
        .register(registry);
    Gauge.builder(OWN + "metrics_label_sets_dropped", dropped, AtomicLong::get)
        .description("Requests whose label set was not recorded, the bound being reached.")
        .register(registry);
    Gauge.builder(OWN + "metrics_label_sets", this, m -> m.finished.size())
        .description("Label sets of finished requests.")
        .register(registry);
  }

  void started() {
    active.incrementAndGet();
  }

  void parsed(RequestRecord record) {
    downstream(MeterKey.model(record)).incrementAndGet();
  }

  private AtomicInteger downstream(String model) {
    return downstream.computeIfAbsent(
        model,
        name ->
            gauge("active_downstream_requests", "Requests of clients.", Tags.of("model", name)));
  }

  void upstreamStarted(RequestRecord record) {
    upstream(record).incrementAndGet();
  }

  void upstreamEnded(RequestRecord record) {
    upstream(record).decrementAndGet();
  }

  private AtomicInteger upstream(RequestRecord record) {
    String route = record.route == null ? "none" : record.route.toString();
    String server = record.server == null ? "none" : record.server.toString();
    MeterKey key =
        new MeterKey("", "", "", "", route, record.backendType, server, record.upstreamModel);
    return upstream.computeIfAbsent(
        key,
        _ ->
            gauge(
                "active_upstream_requests",
                "Requests at engines.",
                Tags.of(
                    "model_server", server,
                    "model_route", route,
                    "backend_type", record.backendType,
                    "backend_name", server,
                    "upstream_model", record.upstreamModel)));
  }

  private AtomicInteger gauge(String name, String description, Tags tags) {
    AtomicInteger value = new AtomicInteger();
    Gauge.builder(KTHENA + name, value, AtomicInteger::get)
        .description(description)
        .tags(tags)
        .register(registry);
    return value;
  }

  void ended(RequestRecord record) {
    active.decrementAndGet();
    if (!record.counted) {
      return;
    }
    downstream(MeterKey.model(record)).decrementAndGet();
    MeterKey key = MeterKey.of(record, paths.label(record.path));
    Finished meters = finished.get(key);
    if (meters == null) {
      if (finished.size() >= maxSeries) {
        dropped.incrementAndGet();
        return;
      }
      meters = finished.computeIfAbsent(key, Finished::new);
    }
    meters.record(record);
    if (record.pod != null) {
      endpoint(record.pod.toString()).record(record);
    }
  }

  private EndpointMeters endpoint(String pod) {
    return endpoints.computeIfAbsent(pod, EndpointMeters::new);
  }

  /** Forgets the meters of pods that are no longer there. */
  void retain(java.util.Set<String> pods) {
    endpoints
        .entrySet()
        .removeIf(entry -> {
          if (pods.contains(entry.getKey())) {
            return false;
          }
          entry.getValue().remove();
          return true;
        });
  }

  StageTimer stages(String model) {
    return stages.computeIfAbsent(model, Stages::new);
  }

  private DistributionSummary seconds(
      String name, String description, double[] buckets, Tags tags) {
    return DistributionSummary.builder(name)
        .baseUnit(SECONDS)
        .description(description)
        .serviceLevelObjectives(buckets)
        .tags(tags)
        .register(registry);
  }

  private Counter counter(String name, String description, Tags tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** Meters of one label set of finished requests. */
  private final class Finished {
    private final Counter requests;
    private final Counter inputTokens;
    private final Counter outputTokens;
    private final Counter retries;
    private final DistributionSummary duration;
    private final DistributionSummary prefill;
    private final DistributionSummary decode;
    private final DistributionSummary firstToken;
    private final DistributionSummary perToken;

    Finished(MeterKey key) {
      Tags backend =
          Tags.of(
              "model_route", key.route(),
              "backend_type", key.backendType(),
              "backend_name", key.backendName(),
              "upstream_model", key.upstreamModel());
      Tags phase = Tags.of("model", key.model(), "path", key.path(), "status_code", key.status());
      Tags tokens = backend.and("model", key.model(), "path", key.path());
      Tags served = Tags.of("model", key.model(), "backend_name", key.backendName());
      requests =
          counter(
              KTHENA + "requests",
              "Requests.",
              backend.and(phase).and("error_type", key.errorType()));
      duration =
          seconds(
              KTHENA + "request_duration",
              "Time from a request's start to the end of its answer.",
              Buckets.REQUEST,
              backend.and(phase));
      prefill =
          seconds(
              KTHENA + "request_prefill_duration",
              "Time from sending a request to an engine to the first byte of the answer.",
              Buckets.REQUEST,
              phase);
      decode =
          seconds(
              KTHENA + "request_decode_duration",
              "Time from the first byte of an answer to its last.",
              Buckets.REQUEST,
              phase);
      String tokensHelp = "Tokens of prompts and answers.";
      inputTokens = counter(KTHENA + "tokens", tokensHelp, tokens.and("token_type", "input"));
      outputTokens = counter(KTHENA + "tokens", tokensHelp, tokens.and("token_type", "output"));
      retries = counter(OWN + "retries", "Attempts after a request's first.", served);
      firstToken =
          seconds(
              OWN + "time_to_first_token",
              "Time from a request's start to the first byte of its answer.",
              Buckets.REQUEST,
              served);
      perToken =
          seconds(
              OWN + "time_per_output_token",
              "Mean time per token after the first, one sample a streamed answer.",
              Buckets.TOKEN,
              served);
    }

    void record(RequestRecord record) {
      requests.increment();
      duration.record((record.endNanos - record.startNanos) * NANOS);
      if (record.inputTokens > 0) {
        inputTokens.increment(record.inputTokens);
      }
      if (record.outputTokens > 0) {
        outputTokens.increment(record.outputTokens);
      }
      if (record.attempts > 1) {
        retries.increment(record.attempts - 1.0);
      }
      if (record.firstByteNanos == 0 || record.status >= 400) {
        return;
      }
      prefill.record((record.firstByteNanos - record.upstreamStartNanos) * NANOS);
      firstToken.record((record.firstByteNanos - record.startNanos) * NANOS);
      if (record.stream && record.lastByteNanos > 0) {
        double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
        decode.record(decoding);
        if (record.outputTokens > 1) {
          perToken.record(decoding / (record.outputTokens - 1));
        }
      }
    }
  }

  /** Meters of one endpoint. */
  private final class EndpointMeters {
    private final Counter requests;
    private final Counter ejections;
    private final DistributionSummary firstToken;
    private final DistributionSummary perToken;

    EndpointMeters(String pod) {
      Tags tags = Tags.of("endpoint", pod);
      requests = counter(OWN + "endpoint_requests", "Answers taken from an endpoint.", tags);
      ejections =
          counter(OWN + "endpoint_ejections", "Times an endpoint was taken out of rotation.", tags);
      firstToken =
          DistributionSummary.builder(OWN + "endpoint_time_to_first_token")
              .baseUnit(SECONDS)
              .description("Time to the first byte of an answer, by endpoint.")
              .tags(tags)
              .register(registry);
      perToken =
          DistributionSummary.builder(OWN + "endpoint_time_per_output_token")
              .baseUnit(SECONDS)
              .description("Mean time per token after the first, by endpoint.")
              .tags(tags)
              .register(registry);
    }

    void record(RequestRecord record) {
      requests.increment();
      if (record.ejections > 0) {
        ejections.increment(record.ejections);
      }
      if (record.firstByteNanos == 0 || record.status >= 400) {
        return;
      }
      firstToken.record((record.firstByteNanos - record.startNanos) * NANOS);
      if (record.stream && record.outputTokens > 1) {
        double decoding = (record.lastByteNanos - record.firstByteNanos) * NANOS;
        perToken.record(decoding / (record.outputTokens - 1));
      }
    }

    void remove() {
      registry.remove(requests);
      registry.remove(ejections);
      registry.remove(firstToken);
      registry.remove(perToken);
    }
  }

  /** Times the plugins of one model's decisions. Decisions of a thread do not interleave. */
  private final class Stages implements StageTimer {
    private final String model;
    private final Map<String, DistributionSummary> filters = new ConcurrentHashMap<>();
    private final Map<String, DistributionSummary> scorers = new ConcurrentHashMap<>();
    private final ThreadLocal<long[]> mark = ThreadLocal.withInitial(() -> new long[1]);

    Stages(String model) {
      this.model = model;
    }

    @Override
    public void begin() {
      mark.get()[0] = nanoTime.getAsLong();
    }

    @Override
    public void end(Stage stage, String plugin) {
      long now = nanoTime.getAsLong();
      long[] since = mark.get();
      Map<String, DistributionSummary> timers = stage == Stage.FILTER ? filters : scorers;
      DistributionSummary timer = timers.get(plugin);
      if (timer == null) {
        timer = timers.computeIfAbsent(plugin, name -> timer(name, stage));
      }
      timer.record((now - since[0]) * NANOS);
      since[0] = now;
    }

    private DistributionSummary timer(String plugin, Stage stage) {
      return seconds(
          KTHENA + "scheduler_plugin_duration",
          "Time of a plugin's run.",
          Buckets.PLUGIN,
          Tags.of(
              "model",
              model,
              "plugin",
              plugin,
              "type",
              stage == Stage.FILTER ? "filter" : "score"));
    }
  }
}
