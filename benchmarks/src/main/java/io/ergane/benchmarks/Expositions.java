package io.ergane.benchmarks;

import java.util.Locale;

/** Metric expositions shaped like those of real engines. */
final class Expositions {

  private static final String LABELS =
      "engine=\"0\",model_name=\"meta-llama/Llama-3.1-8B-Instruct\"";

  private static final String[] GAUGES = {
    "vllm:num_requests_running",
    "vllm:num_requests_waiting",
    "vllm:kv_cache_usage_perc",
    "vllm:engine_sleep_state",
  };

  private static final String[] COUNTERS = {
    "vllm:prompt_tokens_total",
    "vllm:generation_tokens_total",
    "vllm:prefix_cache_queries_total",
    "vllm:prefix_cache_hits_total",
    "vllm:num_preemptions_total",
  };

  private static final String[] HISTOGRAMS = {
    "vllm:time_to_first_token_seconds",
    "vllm:inter_token_latency_seconds",
    "vllm:request_time_per_output_token_seconds",
    "vllm:e2e_request_latency_seconds",
    "vllm:request_queue_time_seconds",
    "vllm:request_inference_time_seconds",
    "vllm:request_prefill_time_seconds",
    "vllm:request_decode_time_seconds",
    "vllm:request_prompt_tokens",
    "vllm:request_generation_tokens",
    "vllm:iteration_tokens_total",
    "vllm:request_params_max_tokens",
  };

  private static final int BUCKETS = 19;

  private Expositions() {}

  /** vLLM's families, then HTTP histograms by handler until at least this many bytes are there. */
  static String vllm(int bytes) {
    var text = new StringBuilder();
    for (String gauge : GAUGES) {
      family(text, gauge, "gauge").append(line(gauge, LABELS, "3.0"));
    }
    for (String counter : COUNTERS) {
      family(text, counter, "counter").append(line(counter, LABELS, "8.128902e+06"));
    }
    text.append(
        line("vllm:cache_config_info", "block_size=\"16\",num_gpu_blocks=\"35000\"", "1.0"));
    for (int i = 0; i < HISTOGRAMS.length && (i < 2 || text.length() < bytes); i++) {
      family(text, HISTOGRAMS[i], "histogram");
      histogram(text, HISTOGRAMS[i], LABELS);
    }
    for (int handler = 0; text.length() < bytes; handler++) {
      histogram(
          text,
          "http_request_duration_highr_seconds",
          "handler=\"/v1/path%d\",method=\"POST\"".formatted(handler));
    }
    return text.append("# EOF\n").toString();
  }

  private static StringBuilder family(StringBuilder text, String name, String type) {
    return text.append("# HELP %s Something about it in words.\n".formatted(name))
        .append("# TYPE %s %s\n".formatted(name, type));
  }

  private static void histogram(StringBuilder text, String name, String labels) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      String bound = String.format(Locale.ROOT, "%.3f", 0.001 * (1 << bucket));
      text.append(line(name + "_bucket", labels + ",le=\"" + bound + "\"", bucket * 11 + ".0"));
    }
    text.append(line(name + "_count", labels, "11008.0"));
    text.append(line(name + "_sum", labels, "2351.8979474117756"));
  }

  private static String line(String name, String labels, String value) {
    return "%s{%s} %s\n".formatted(name, labels, value);
  }
}
