package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricDialectsTest {

  @ParameterizedTest
  @ValueSource(strings = {"vLLM", "SGLang", "Triton", "TorchServe", "TGI"})
  void dialectsAreFoundByNameInAnyCase(String name) {
    assertThat(MetricDialects.named(name))
        .hasValueSatisfying(d -> assertThat(d.engine()).isEqualTo(name));
    assertThat(MetricDialects.named(name.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(MetricDialects.named(name));
    assertThat(MetricDialects.named(name + "x")).isEmpty();
  }

  @Test
  void vllmReadsItsCurrentNames() {
    EngineSample sample = Expositions.read(VllmDialect.DIALECT, Expositions.VLLM);

    assertThat(sample).isEqualTo(new EngineSample(12, 3, 0.75f, 8.5, 40, 125, 4000, 24_000));
  }

  @Test
  void vllmReadsItsOldNames() {
    EngineSample sample =
        Expositions.read(
            VllmDialect.DIALECT,
            """
            vllm:gpu_cache_usage_perc{model_name="m"} 0.5
            vllm:time_per_output_token_seconds_sum{model_name="m"} 3.0
            vllm:time_per_output_token_seconds_count{model_name="m"} 60.0
            """);

    assertThat(sample.kvUsage()).isEqualTo(0.5f);
    assertThat(sample.tpotSum()).isEqualTo(3);
    assertThat(sample.tpotCount()).isEqualTo(60);
  }

  @Test
  void whereOldAndNewNameAreThereTheNewOneCounts() {
    String old =
        """
        vllm:gpu_cache_usage_perc 0.9
        vllm:time_per_output_token_seconds_sum 3.0
        vllm:time_per_output_token_seconds_count 60.0
        """;

    for (String both : new String[] {old + Expositions.VLLM, Expositions.VLLM + old}) {
      EngineSample sample = Expositions.read(VllmDialect.DIALECT, both);
      assertThat(sample.kvUsage()).isEqualTo(0.75f);
      assertThat(sample.tpotSum()).isEqualTo(125);
      assertThat(sample.tpotCount()).isEqualTo(4000);
    }
  }

  @Test
  void vllmsCacheSizeIsUnknownUntilItIsANumber() {
    EngineSample sample =
        Expositions.read(
            VllmDialect.DIALECT,
            "vllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"None\"} 1.0\n");

    assertThat(sample.kvCapacityTokens()).isEqualTo(-1);
  }

  @Test
  void sglangSumsItsRanks() {
    EngineSample sample =
        Expositions.read(
            SglangDialect.DIALECT,
            """
            sglang:num_running_reqs{dp_rank="0",engine_type="unified",model_name="m"} 2.0
            sglang:num_running_reqs{dp_rank="1",engine_type="unified",model_name="m"} 3.0
            sglang:num_running_reqs_offline_batch{dp_rank="1"} 50.0
            sglang:num_queue_reqs{dp_rank="0"} 4.0
            sglang:token_usage{dp_rank="0"} 0.28
            sglang:token_usage{dp_rank="1"} 0.11
            sglang:max_total_num_tokens{dp_rank="0"} 471258.0
            sglang:max_total_num_tokens{dp_rank="1"} 471258.0
            sglang:time_to_first_token_seconds_sum{model_name="m"} 2.3518979474117756e+06
            sglang:time_to_first_token_seconds_count{model_name="m"} 11008.0
            sglang:inter_token_latency_seconds_sum{model_name="m"} 84.5
            sglang:inter_token_latency_seconds_count{model_name="m"} 7000.0
            """);

    assertThat(sample)
        .isEqualTo(
            new EngineSample(5, 4, 0.28f, 2.3518979474117756e+06, 11008, 84.5, 7000, 942_516));
  }

  @Test
  void sglangReadsItsOldTimePerOutputToken() {
    EngineSample sample =
        Expositions.read(
            SglangDialect.DIALECT,
            """
            sglang:time_per_output_token_seconds_sum{model_name="m"} 84.5
            sglang:time_per_output_token_seconds_count{model_name="m"} 7000.0
            """);

    assertThat(sample.tpotSum()).isEqualTo(84.5);
    assertThat(sample.tpotCount()).isEqualTo(7000);
  }

  @Test
  void tritonReadsItsTensorRtLlmBackend() {
    EngineSample sample =
        Expositions.read(
            TritonDialect.DIALECT,
            """
            nv_inference_pending_request_count{model="preprocessing",version="1"} 7
            nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="waiting",version="1"} 2
            nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="scheduled",version="1"} 3
            nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="max",version="1"} 512
            nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="active",version="1"} 4
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="t"} 0.5
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="t"} 64
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="t"} 1
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="t"} 6239
            nv_inference_first_response_histogram_ms_count{model="t",version="1"} 4
            nv_inference_first_response_histogram_ms_sum{model="t",version="1"} 800
            nv_inference_first_response_histogram_ms_bucket{model="t",version="1",le="100"} 1
            """);

    assertThat(sample.running()).isEqualTo(3);
    assertThat(sample.waiting()).isEqualTo(2);
    assertThat(sample.kvUsage()).isEqualTo(0.5f);
    assertThat(sample.ttftSum()).isCloseTo(0.8, within(1e-12));
    assertThat(sample.ttftCount()).isEqualTo(4);
    assertThat(sample.tpotSum()).isNaN();
    assertThat(sample.kvCapacityTokens()).isEqualTo(6239 * 64);
  }

  @Test
  void tritonFallsBackToWhatOlderReleasesReport() {
    EngineSample sample =
        Expositions.read(
            TritonDialect.DIALECT,
            """
            nv_inference_pending_request_count{model="a",version="1"} 7
            nv_inference_pending_request_count{model="b",version="1"} 1
            nv_trt_llm_request_metrics{request_type="active"} 4
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used"} 25
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max"} 100
            """);

    assertThat(sample.running()).isEqualTo(4);
    assertThat(sample.waiting()).isEqualTo(8);
    assertThat(sample.kvUsage()).isEqualTo(0.25f);
    assertThat(sample.kvCapacityTokens()).isEqualTo(-1);
  }

  @Test
  void torchServesCountersGiveTheTimeToAnAnswer() {
    EngineSample sample =
        Expositions.read(
            TorchServeDialect.DIALECT,
            """
            ts_inference_requests_total{model_name="a",model_version="default",hostname="h",} 3.0
            ts_inference_requests_total{model_name="b",model_version="default",hostname="h",} 1.0
            ts_queue_latency_microseconds{model_name="a",model_version="default",hostname="h",} 500000.0
            ts_inference_latency_microseconds{model_name="a",model_version="default",hostname="h",} 3500000.0
            """);

    assertThat(sample.ttftSum()).isCloseTo(4.0, within(1e-9));
    assertThat(sample.ttftCount()).isEqualTo(4);
    assertThat(sample.running()).isNaN();
    assertThat(sample.waiting()).isNaN();
  }

  @Test
  void tgiReportsItsBatchAndQueue() {
    EngineSample sample =
        Expositions.read(
            TgiDialect.DIALECT,
            """
            tgi_batch_current_size 6
            tgi_queue_size 2
            tgi_request_mean_time_per_token_duration_bucket{le="0.01"} 100
            tgi_request_mean_time_per_token_duration_sum 0.5
            tgi_request_mean_time_per_token_duration_count 10
            """);

    assertThat(sample.running()).isEqualTo(6);
    assertThat(sample.waiting()).isEqualTo(2);
    assertThat(sample.tpotSum()).isEqualTo(0.5);
    assertThat(sample.tpotCount()).isEqualTo(10);
    assertThat(sample.kvUsage()).isNaN();
  }

  @Test
  void anUntoldEngineIsUnderstoodWhateverItSpeaks() {
    MetricDialect any = MetricDialects.any();

    assertThat(Expositions.read(any, Expositions.VLLM))
        .isEqualTo(Expositions.read(VllmDialect.DIALECT, Expositions.VLLM));
    assertThat(Expositions.read(any, "tgi_queue_size 2\n").waiting()).isEqualTo(2);
    assertThat(Expositions.read(any, "sglang:num_queue_reqs 3\n").waiting()).isEqualTo(3);
  }
}
