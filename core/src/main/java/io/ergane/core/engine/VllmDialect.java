package io.ergane.core.engine;

/**
 * vLLM. Release 0.11 renamed the KV cache gauge and the inter-token histogram; both names are read
 * and the newer wins. {@code cache_config_info} carries the cache's size in its labels.
 */
final class VllmDialect {

  static final MetricDialect DIALECT =
      new DialectBuilder("vLLM")
          .running("vllm:num_requests_running")
          .waiting("vllm:num_requests_waiting")
          .kvUsage("vllm:kv_cache_usage_perc")
          .kvUsage("vllm:gpu_cache_usage_perc")
          .ttft("vllm:time_to_first_token_seconds", 1)
          .tpot("vllm:inter_token_latency_seconds", 1)
          .tpot("vllm:time_per_output_token_seconds", 1)
          .kvCapacityFromLabels("vllm:cache_config_info", "num_gpu_blocks", "block_size")
          .build();

  private VllmDialect() {}
}
