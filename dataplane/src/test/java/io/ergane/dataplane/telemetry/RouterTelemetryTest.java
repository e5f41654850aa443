package io.ergane.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ergane.api.ObjectName;
import io.ergane.core.schedule.StageTimer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTelemetryTest {
  private static final String A = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 60.0";
  private static final String B = "0.001 0.005 0.01 0.05 0.1 0.5";
  private static final String R = "0.0 0.1 0.25 0.5 0.75 0.9 0.95 0.99 1.0";

  private final AtomicLong now = new AtomicLong();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RouterTelemetry telemetry =
      new RouterTelemetry(registry, null, new DecisionLog(4, 2), now::get);

  private void serve(RequestRecord record) {
    telemetry.started(record);
    if (record.counted) {
      telemetry.parsed(record);
    }
    if (record.pod != null) {
      telemetry.upstreamStarted(record);
      telemetry.upstreamEnded(record);
    }
    telemetry.ended(record);
  }

  private Scrape scrape() {
    return Scrape.of(registry.scrape());
  }

  private void everythingOnce() {
    RequestRecord record = Records.answered();
    record.prefixShare = 0;
    record.prefixEvictions = 3;
    serve(record);
    StageTimer timer = telemetry.stages("chat");
    timer.begin();
    timer.end(StageTimer.Stage.FILTER, "least-request");
    timer.end(StageTimer.Stage.SCORE, "least-request");
  }

  @ParameterizedTest
  @CsvSource({
    "requests, counter, model path status_code error_type model_route backend_type backend_name upstream_model",
    "tokens, counter, model path token_type model_route backend_type backend_name upstream_model",
    "active_downstream_requests, gauge, model",
    "active_upstream_requests, gauge, model_server model_route backend_type backend_name upstream_model",
    "prefix_cache_evictions, counter, model",
  })
  void countersAndGaugesHaveKthenasNamesAndLabels(String name, String type, String labels) {
    everythingOnce();
    String exported = "kthena_router_" + name + (type.equals("counter") ? "_total" : "");
    assertThat(scrape().types()).containsEntry(exported, type);
    assertThat(scrape().labelNames(exported)).isEqualTo(Scrape.set(labels));
  }

  @ParameterizedTest
  @CsvSource({
    "request_duration_seconds, "
        + A
        + ", model path status_code model_route backend_type backend_name upstream_model",
    "request_prefill_duration_seconds, " + A + ", model path status_code",
    "request_decode_duration_seconds, " + A + ", model path status_code",
    "scheduler_plugin_duration_seconds, " + B + ", model plugin type",
    "prefix_cache_match_ratio, " + R + ", model",
  })
  void histogramsHaveKthenasNamesBucketsAndLabels(String name, String bounds, String labels) {
    everythingOnce();
    String exported = "kthena_router_" + name;
    Scrape scrape = scrape();
    assertThat(scrape.types()).containsEntry(exported, "histogram");
    assertThat(scrape.bounds(exported)).isEqualTo(List.of((bounds + " +Inf").split(" ", -1)));
    assertThat(scrape.labelNames(exported + "_count")).isEqualTo(Scrape.set(labels));
    assertThat(scrape.labelNames(exported + "_bucket")).isEqualTo(Scrape.set(labels + " le"));
    assertThat(scrape.labelNames(exported + "_sum")).isEqualTo(Scrape.set(labels));
  }

  @Test
  void nothingElseIsExportedUnderKthenasPrefix() {
    everythingOnce();
    assertThat(scrape().types().keySet().stream().filter(name -> name.startsWith("kthena")))
        .containsExactlyInAnyOrder(
            "kthena_router_active_downstream_requests",
            "kthena_router_active_requests",
            "kthena_router_active_upstream_requests",
            "kthena_router_prefix_cache_evictions_total",
            "kthena_router_prefix_cache_match_ratio",
            "kthena_router_request_decode_duration_seconds",
            "kthena_router_request_duration_seconds",
            "kthena_router_request_prefill_duration_seconds",
            "kthena_router_requests_total",
            "kthena_router_scheduler_plugin_duration_seconds",
            "kthena_router_tokens_total");
    assertThat(scrape().names()).noneMatch(name -> name.endsWith("_max"));
  }

  @Test
  void threeRequestsRaiseTheirCounterAndTheCountOfDurationsByThree() {
    serve(Records.answered());
    Scrape before = scrape();
    for (int i = 0; i < 3; i++) {
      serve(Records.answered());
    }
    Scrape after = scrape();
    for (String name :
        List.of("kthena_router_requests_total", "kthena_router_request_duration_seconds_count")) {
      String[] chat = {"model", "chat", "status_code", "200", "path", "/v1/chat/completions"};
      assertThat(after.sum(name, chat) - before.sum(name, chat)).isEqualTo(3);
      assertThat(after.sum(name) - before.sum(name)).isEqualTo(3);
    }
  }

  @Test
  void anAnsweredRequestHasAllItsLabels() {
    serve(Records.answered());
    assertThat(scrape().labelSets("kthena_router_requests_total"))
        .containsExactly(
            Map.of(
                "model", "chat",
                "path", "/v1/chat/completions",
                "status_code", "200",
                "error_type", "successful_request",
                "model_route", "default/chat-route",
                "backend_type", "model_server",
                "backend_name", "default/chat-server",
                "upstream_model", "chat-7b"));
  }

  @Test
  void anUnknownModelIsCountedOnceUnderNoNameOfItsOwn() {
    serve(Records.unknownModel("no-such-model"));
    assertThat(scrape().labelSets("kthena_router_requests_total"))
        .containsExactly(
            Map.of(
                "model", "unknown",
                "path", "/v1/chat/completions",
                "status_code", "404",
                "error_type", "route_not_found",
                "model_route", "none",
                "backend_type", "unresolved",
                "backend_name", "none",
                "upstream_model", "none"));
    assertThat(registry.scrape()).doesNotContain("no-such-model");
  }

  @Test
  void errorsWithoutAReasonOfTheirOwnAreFailedRequests() {
    RequestRecord record = Records.answered();
    record.status = 500;
    serve(record);
    assertThat(scrape().sum("kthena_router_requests_total", "error_type", "request_failed"))
        .isEqualTo(1);
  }

  @Test
  void requestsWhoseBodyNamedNoModelAreNotCounted() {
    RequestRecord record = Records.timed();
    record.status = 400;
    serve(record);
    assertThat(scrape().labelSets("kthena_router_requests_total")).isEmpty();
    assertThat(scrape().sum("kthena_router_active_requests")).isZero();
  }

  @Test
  void gaugesRiseWithRequestsAndReturnToZero() {
    RequestRecord record = Records.answered();
    telemetry.started(record);
    telemetry.parsed(record);
    telemetry.upstreamStarted(record);
    Scrape during = scrape();
    assertThat(during.sum("kthena_router_active_requests")).isEqualTo(1);
    assertThat(during.sum("kthena_router_active_downstream_requests", "model", "chat"))
        .isEqualTo(1);
    assertThat(during.labelSets("kthena_router_active_upstream_requests"))
        .containsExactly(
            Map.of(
                "model_server", "default/chat-server",
                "model_route", "default/chat-route",
                "backend_type", "model_server",
                "backend_name", "default/chat-server",
                "upstream_model", "chat-7b"));
    assertThat(during.sum("kthena_router_active_upstream_requests")).isEqualTo(1);
    telemetry.upstreamEnded(record);
    telemetry.ended(record);
    Scrape after = scrape();
    assertThat(after.sum("kthena_router_active_requests")).isZero();
    assertThat(after.sum("kthena_router_active_downstream_requests")).isZero();
    assertThat(after.sum("kthena_router_active_upstream_requests")).isZero();
  }

  @Test
  void gaugesReturnToZeroAfterManyThreads() throws InterruptedException {
    Thread[] threads = new Thread[16];
    for (int i = 0; i < threads.length; i++) {
      int number = i;
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int j = 0; j < 500; j++) {
                  serve((number + j) % 3 == 0 ? Records.unknownModel("x" + j) : Records.answered());
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Scrape scrape = scrape();
    assertThat(scrape.sum("kthena_router_requests_total")).isEqualTo(8_000);
    assertThat(scrape.sum("kthena_router_request_duration_seconds_count")).isEqualTo(8_000);
    assertThat(scrape.sum("kthena_router_active_requests")).isZero();
    assertThat(scrape.sum("kthena_router_active_downstream_requests")).isZero();
    assertThat(scrape.sum("kthena_router_active_upstream_requests")).isZero();
  }

  @Test
  void emptyBackendLabelsOfTheUpstreamGaugeAreFilled() {
    RequestRecord record = Records.timed();
    telemetry.upstreamStarted(record);
    assertThat(scrape().labelSets("kthena_router_active_upstream_requests"))
        .containsExactly(
            Map.of(
                "model_server", "none",
                "model_route", "none",
                "backend_type", "unresolved",
                "backend_name", "none",
                "upstream_model", "none"));
  }

  @Test
  void tokensAreCountedByTypeAndNotAtAllWhenThereAreNone() {
    serve(Records.answered());
    serve(Records.unknownModel("x"));
    Scrape scrape = scrape();
    assertThat(scrape.sum("kthena_router_tokens_total", "token_type", "input")).isEqualTo(10);
    assertThat(scrape.sum("kthena_router_tokens_total", "token_type", "output")).isEqualTo(21);
    assertThat(scrape.labelSets("kthena_router_tokens_total")).hasSize(2);
  }

  @Test
  void phasesAreThoseOfTheRecord() {
    serve(Records.answered());
    Scrape scrape = scrape();
    String[] sums = {
      "kthena_router_request_duration_seconds_sum",
      "kthena_router_request_prefill_duration_seconds_sum",
      "kthena_router_request_decode_duration_seconds_sum",
      "ergane_time_to_first_token_seconds_sum",
      "ergane_time_per_output_token_seconds_sum"
    };
    double[] wanted = {0.3, 0.05, 0.2, 0.053, 0.01};
    for (int i = 0; i < sums.length; i++) {
      assertThat(scrape.sum(sums[i])).as(sums[i]).isCloseTo(wanted[i], within(1e-9));
    }
  }

  @Test
  void failedRequestsHaveNoPhases() {
    RequestRecord record = Records.answered();
    record.status = 502;
    serve(record);
    assertThat(scrape().labelSets("kthena_router_request_prefill_duration_seconds_count"))
        .isEmpty();
    assertThat(scrape().labelSets("ergane_time_to_first_token_seconds_count")).isEmpty();
  }

  @Test
  void theHitRateOfDashboardsFollowsFromTheLowestBucket() {
    for (float share : new float[] {0, 0, 0.5f, 1, Float.NaN}) {
      RequestRecord record = Records.answered();
      record.prefixShare = share;
      serve(record);
    }
    Scrape scrape = scrape();
    double missed = scrape.sum("kthena_router_prefix_cache_match_ratio_bucket", "le", "0.0");
    double all = scrape.sum("kthena_router_prefix_cache_match_ratio_count", "model", "chat");
    assertThat(1 - missed / all).isEqualTo(0.5);
  }

  @Test
  void pluginsAreTimedByModelNameAndType() {
    StageTimer timer = telemetry.stages("chat");
    now.set(7_000_000);
    timer.begin();
    now.addAndGet(2_000_000);
    timer.end(StageTimer.Stage.FILTER, "least-request");
    now.addAndGet(30_000_000);
    timer.end(StageTimer.Stage.SCORE, "least-request");
    assertThat(telemetry.stages("chat")).isSameAs(timer);
    Scrape scrape = scrape();
    String sum = "kthena_router_scheduler_plugin_duration_seconds_sum";
    assertThat(scrape.labelSets(sum))
        .containsExactlyInAnyOrder(
            Map.of("model", "chat", "plugin", "least-request", "type", "filter"),
            Map.of("model", "chat", "plugin", "least-request", "type", "score"));
    assertThat(scrape.sum(sum, "type", "filter")).isCloseTo(0.002, within(1e-9));
    assertThat(scrape.sum(sum, "type", "score")).isCloseTo(0.03, within(1e-9));
  }

  @Test
  void retriesEjectionsAndUnsupportedFeaturesAreCounted() {
    RequestRecord record = Records.answered();
    record.attempts = 4;
    record.ejections = 2;
    serve(record);
    RequestRecord refused = Records.answered();
    refused.status = 501;
    refused.unsupportedFeature = "rateLimit";
    serve(refused);
    Scrape scrape = scrape();
    String[] served = {"model", "chat", "backend_name", "default/chat-server"};
    assertThat(scrape.sum("ergane_retries_total", served)).isEqualTo(3);
    assertThat(scrape.sum("ergane_ejections_total", served)).isEqualTo(2);
    assertThat(scrape.sum("ergane_unsupported_requests_total", "feature", "rateLimit"))
        .isEqualTo(1);
  }

  @Test
  void seriesOfEndpointsGoWithTheirPods() {
    serve(Records.answered());
    RequestRecord other = Records.answered();
    other.pod = new ObjectName("default", "pod-1");
    serve(other);
    telemetry.retain(Set.of("default/pod-1"));
    Scrape scrape = scrape();
    for (String name :
        List.of(
            "ergane_endpoint_requests_total",
            "ergane_endpoint_time_to_first_token_seconds_count",
            "ergane_endpoint_time_per_output_token_seconds_count")) {
      assertThat(scrape.labelSets(name)).containsExactly(Map.of("endpoint", "default/pod-1"));
    }
  }

  @Test
  void labelSetsAreBoundedAndWhatGoesBeyondIsCounted() {
    PrometheusMeterRegistry small = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    RouterMetrics metrics = new RouterMetrics(small.getPrometheusRegistry(), now::get, 3);
    for (int i = 0; i < 10; i++) {
      RequestRecord record = Records.answered();
      record.model = "chat-" + i;
      metrics.started();
      metrics.ended(record);
    }
    Scrape scrape = Scrape.of(small.scrape());
    assertThat(scrape.labelSets("kthena_router_requests_total")).hasSize(3);
    assertThat(scrape.sum("ergane_metrics_label_sets")).isEqualTo(3);
    assertThat(scrape.sum("ergane_metrics_label_sets_dropped_total")).isEqualTo(7);
    assertThat(scrape.sum("kthena_router_active_requests")).isZero();
  }

  @Test
  void pathsThatClientsInventAreBoundedAndNeverDisplaceTheApis() {
    for (int i = 0; i < 500; i++) {
      RequestRecord record = Records.answered();
      record.path = "/v1/" + (i % 2 == 0 ? "x".repeat(200) : "") + i;
      serve(record);
    }
    serve(Records.answered());
    Scrape scrape = scrape();
    assertThat(scrape.labelSets("kthena_router_requests_total")).hasSizeLessThanOrEqualTo(65);
    assertThat(scrape.sum("kthena_router_requests_total", "path", "/v1/chat/completions"))
        .isEqualTo(1);
    assertThat(scrape.sum("kthena_router_requests_total", "path", "other")).isGreaterThan(400);
    assertThat(scrape.sum("kthena_router_requests_total")).isEqualTo(501);
  }

  @Test
  void hostileLabelValuesDoNotBreakTheExposition() {
    RequestRecord record = Records.answered();
    record.model = "a\"b\\c\nd{}=,\u2028";
    serve(record);
    assertThat(scrape().sum("kthena_router_requests_total", "model", "a\\\"b\\\\c\\nd{}=,\u2028"))
        .isEqualTo(1);
  }
}
