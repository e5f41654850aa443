package io.ergane.simulator.http;

import io.ergane.simulator.model.EngineConfig;
import io.ergane.simulator.model.EngineModel;
import io.ergane.simulator.model.EngineStats;
import io.ergane.simulator.model.Histogram;

/** The Prometheus text (format 0.0.4) of an engine, by the names of its flavour. */
final class MetricsText {
  private final StringBuilder out = new StringBuilder(8192);
  private final String labels;

  private MetricsText(String labels) {
    this.labels = labels;
  }

  static String of(EngineProcess process) {
    String model = process.served().base().replace("\\", "\\\\").replace("\"", "\\\"");
    MetricsText text =
        switch (process.settings().flavour()) {
          case VLLM -> {
            MetricsText metrics = new MetricsText("engine=\"0\",model_name=\"" + model + "\"");
            metrics.vllm(process);
            yield metrics;
          }
          case SGLANG -> {
            MetricsText metrics =
                new MetricsText(
                    "engine_type=\"unified\",model_name=\""
                        + model
                        + "\",pp_rank=\"0\",tp_rank=\"0\"");
            metrics.sglang(process);
            yield metrics;
          }
        };
    return text.out.toString();
  }

  private void vllm(EngineProcess process) {
    EngineModel model = process.model();
    EngineStats stats = model.stats();
    gauge("vllm:num_requests_running", "Requests in execution batches.", model.running());
    gauge("vllm:num_requests_waiting", "Requests waiting to be processed.", model.waiting());
    gauge("vllm:kv_cache_usage_perc", "KV-cache usage, 1 is full.", model.kvUsage());
    counter(
        "vllm:prefix_cache_queries_total", "Prompt tokens looked up.", stats.prefixQueryTokens());
    counter("vllm:prefix_cache_hits_total", "Prompt tokens found.", stats.prefixHitTokens());
    counter("vllm:prompt_tokens_total", "Prefill tokens processed.", stats.promptTokens());
    counter("vllm:generation_tokens_total", "Generation tokens.", stats.generationTokens());
    header("vllm:request_success_total", "counter", "Finished requests.");
    sample("vllm:request_success_total", "finished_reason=\"stop\"", process.stopped());
    sample("vllm:request_success_total", "finished_reason=\"length\"", process.cut());
    sample("vllm:request_success_total", "finished_reason=\"abort\"", process.cancelled());
    histogram("vllm:time_to_first_token_seconds", stats.timeToFirstToken());
    histogram("vllm:inter_token_latency_seconds", stats.interTokenLatency());
    histogram("vllm:e2e_request_latency_seconds", stats.requestLatency());
    vllmInfo(process);
  }

  private void vllmInfo(EngineProcess process) {
    EngineConfig config = process.model().config();
    header("vllm:cache_config_info", "gauge", "Information of the LLMEngine CacheConfig");
    out.append("vllm:cache_config_info{block_size=\"")
        .append(config.blockTokens())
        .append("\",enable_prefix_caching=\"True\",engine=\"0\",num_gpu_blocks=\"")
        .append(config.kvBlocks())
        .append("\"} 1.0\n");
    String adapters =
        String.join(",", process.served().adapters()).replace("\\", "\\\\").replace("\"", "\\\"");
    header("vllm:lora_requests_info", "gauge", "Running stats on lora requests.");
    out.append("vllm:lora_requests_info{max_lora=\"")
        .append(Math.max(4, process.served().adapters().size()))
        .append("\",running_lora_adapters=\"")
        .append(adapters)
        .append("\",waiting_lora_adapters=\"\"} 1.0\n");
  }

  private void sglang(EngineProcess process) {
    EngineModel model = process.model();
    EngineStats stats = model.stats();
    int used = model.usedBlocks() * model.config().blockTokens();
    gauge("sglang:num_running_reqs", "The number of running requests.", model.running());
    gauge("sglang:num_queue_reqs", "The number of requests in the queue.", model.waiting());
    gauge("sglang:num_used_tokens", "The number of used tokens.", used);
    gauge("sglang:token_usage", "The token usage.", model.kvUsage());
    gauge("sglang:max_total_num_tokens", "Tokens of the KV cache.", model.config().kvTokens());
    double queried = Math.max(1, stats.prefixQueryTokens());
    gauge("sglang:cache_hit_rate", "The prefix cache hit rate.", stats.prefixHitTokens() / queried);
    counter("sglang:prompt_tokens_total", "Prefill tokens.", stats.promptTokens());
    counter("sglang:generation_tokens_total", "Generated tokens.", stats.generationTokens());
    counter("sglang:cached_tokens_total", "Cached prompt tokens.", stats.prefixHitTokens());
    counter("sglang:num_requests_total", "Requests processed.", stats.finished());
    counter("sglang:num_aborted_requests_total", "Requests aborted.", process.cancelled());
    histogram("sglang:time_to_first_token_seconds", stats.timeToFirstToken());
    histogram("sglang:inter_token_latency_seconds", stats.interTokenLatency());
    histogram("sglang:e2e_request_latency_seconds", stats.requestLatency());
  }

  private void gauge(String name, String help, double value) {
    header(name, "gauge", help);
    sample(name, "", value);
  }

  private void counter(String name, String help, long value) {
    header(name, "counter", help);
    sample(name, "", value);
  }

  private void histogram(String name, Histogram histogram) {
    header(name, "histogram", "Histogram of seconds.");
    long below = 0;
    for (int i = 0; i < histogram.buckets(); i++) {
      below += histogram.inBucket(i);
      sample(name + "_bucket", "le=\"" + histogram.bound(i) + "\"", below);
    }
    sample(name + "_bucket", "le=\"+Inf\"", histogram.count());
    sample(name + "_count", "", histogram.count());
    sample(name + "_sum", "", histogram.sum());
  }

  private void header(String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, String label, long value) {
    sample(name, label, (double) value);
  }

  private void sample(String name, String label, double value) {
    out.append(name).append('{').append(labels);
    if (!label.isEmpty()) {
      out.append(',').append(label);
    }
    out.append("} ").append(value).append('\n');
  }
}
