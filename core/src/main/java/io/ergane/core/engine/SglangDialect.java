package io.ergane.core.engine;

/** SGLang, started with {@code --enable-metrics}. */
final class SglangDialect {

  static final MetricDialect DIALECT =
      new DialectBuilder("SGLang")
          .running("sglang:num_running_reqs")
          .waiting("sglang:num_queue_reqs")
          .kvUsage("sglang:token_usage")
          .ttft("sglang:time_to_first_token_seconds", 1)
          .tpot("sglang:inter_token_latency_seconds", 1)
          .tpot("sglang:time_per_output_token_seconds", 1)
          .kvCapacity("sglang:max_total_num_tokens")
          .build();

  private SglangDialect() {}
}
