package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MetricsTest extends EngineTest {
  private static final String STALLED = "{\"model\":\"m\",\"prompt\":\"stalled\",\"stream\":true}";

  @Test
  void vllmReportsLoadCacheAndLatencies() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m"));
    use(engine);

    Map<String, Double> values = scrape(engine);

    String labels = "{engine=\"0\",model_name=\"m\"}";
    assertThat(values)
        .containsEntry("vllm:num_requests_running" + labels, 1.0)
        .containsEntry("vllm:num_requests_waiting" + labels, 0.0)
        .containsEntry("vllm:time_to_first_token_seconds_count" + labels, 2.0)
        .containsEntry("vllm:inter_token_latency_seconds_count" + labels, 6.0)
        .containsEntry("vllm:generation_tokens_total" + labels, 8.0)
        .containsEntry("vllm:prefix_cache_hits_total" + labels, 48.0)
        .containsEntry(
            "vllm:request_success_total{engine=\"0\",model_name=\"m\",finished_reason=\"length\"}",
            2.0);
    assertThat(values.get("vllm:kv_cache_usage_perc" + labels)).isBetween(1e-6, 1.0);
    assertThat(values.keySet())
        .anyMatch(name -> name.startsWith("vllm:cache_config_info{block_size=\"16\","));
  }

  @Test
  void sglangReportsLoadCacheAndLatencies() throws Exception {
    SimulatedEngine engine = start(EngineSettings.vllm("e", "m").withFlavour(Flavour.SGLANG));
    use(engine);

    Map<String, Double> values = scrape(engine);

    String labels = "{engine_type=\"unified\",model_name=\"m\",pp_rank=\"0\",tp_rank=\"0\"}";
    assertThat(values)
        .containsEntry("sglang:num_running_reqs" + labels, 1.0)
        .containsEntry("sglang:num_queue_reqs" + labels, 0.0)
        .containsEntry("sglang:time_to_first_token_seconds_count" + labels, 2.0)
        .containsEntry("sglang:inter_token_latency_seconds_count" + labels, 6.0)
        .containsEntry("sglang:cached_tokens_total" + labels, 48.0);
    assertThat(values.get("sglang:token_usage" + labels)).isBetween(1e-6, 1.0);
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void aFreshEngineReportsToo(Flavour flavour) throws Exception {
    SimulatedEngine engine =
        start(EngineSettings.vllm("e", "org/model \"x\\y\"").withFlavour(flavour));

    assertThat(scrape(engine).values()).contains(0.0).doesNotContain(Double.NaN);
  }

  /** Two answers of four tokens to one long prompt, and one request that keeps running. */
  private void use(SimulatedEngine engine) throws Exception {
    String body = "{\"model\":\"m\",\"max_tokens\":4,\"prompt\":\"" + "12345678".repeat(25) + "\"}";
    post(engine, "/v1/completions", body);
    post(engine, "/v1/completions", body);
    client.send(
        request(engine, "/v1/completions", STALLED, "x-sim-fault", "stall=after-headers"),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private Map<String, Double> scrape(SimulatedEngine engine) throws Exception {
    HttpResponse<String> response = get(engine, "/metrics");
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    return PrometheusText.check(response.body());
  }
}
