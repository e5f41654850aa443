package io.ergane.core.engine;

/**
 * Hugging Face Text Generation Inference. It reports no time to first token and no share of KV
 * cache in use; its time per token is a mean a request, prefill included.
 */
final class TgiDialect {

  static final MetricDialect DIALECT =
      new DialectBuilder("TGI")
          .running("tgi_batch_current_size")
          .waiting("tgi_queue_size")
          .tpot("tgi_request_mean_time_per_token_duration", 1)
          .build();

  private TgiDialect() {}
}
