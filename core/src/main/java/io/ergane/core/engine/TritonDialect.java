package io.ergane.core.engine;

/**
 * Triton Inference Server, with its TensorRT-LLM backend where that is loaded.
 *
 * <p>The backend reports through families with a label for the kind of number; older releases lack
 * {@code waiting} and {@code fraction}. First-response times are there only with {@code
 * --metrics-config histogram_latencies=true}, in milliseconds. There is nothing per token.
 */
final class TritonDialect {

  private static final String REQUESTS = "nv_trt_llm_request_metrics";
  private static final String BLOCKS = "nv_trt_llm_kv_cache_block_metrics";

  static final MetricDialect DIALECT =
      new DialectBuilder("Triton")
          .metricsPort(8002)
          .running(REQUESTS + "{request_type=scheduled}")
          .running(REQUESTS + "{request_type=active}")
          .waiting(REQUESTS + "{request_type=waiting}")
          .waiting("nv_inference_pending_request_count")
          .kvUsage(BLOCKS + "{kv_cache_block_type=fraction}")
          .kvUsageRatio(BLOCKS + "{kv_cache_block_type=used}", BLOCKS + "{kv_cache_block_type=max}")
          .ttft("nv_inference_first_response_histogram_ms", 1e-3)
          .kvCapacity(
              BLOCKS + "{kv_cache_block_type=max}", BLOCKS + "{kv_cache_block_type=tokens_per}")
          .build();

  private TritonDialect() {}
}
