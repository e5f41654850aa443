package io.ergane.core.engine;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Expositions for tests, and readers that take them in pieces. */
final class Expositions {

  static final String VLLM =
      """
      # HELP python_gc_objects_collected_total Objects collected during gc
      # TYPE python_gc_objects_collected_total counter
      python_gc_objects_collected_total{generation="0"} 12874.0
      # HELP vllm:num_requests_running Number of requests in model execution batches.
      # TYPE vllm:num_requests_running gauge
      vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B"} 7.0
      vllm:num_requests_running{engine="1",model_name="meta-llama/Llama-3.1-8B"} 5.0
      # TYPE vllm:num_requests_waiting gauge
      vllm:num_requests_waiting{engine="0",model_name="meta-llama/Llama-3.1-8B"} 2.0
      vllm:num_requests_waiting{engine="1",model_name="meta-llama/Llama-3.1-8B"} 1.0
      # TYPE vllm:kv_cache_usage_perc gauge
      vllm:kv_cache_usage_perc{engine="0",model_name="meta-llama/Llama-3.1-8B"} 0.25
      vllm:kv_cache_usage_perc{engine="1",model_name="meta-llama/Llama-3.1-8B"} 0.75
      vllm:cache_config_info{block_size="16",cache_dtype="auto",engine="0",num_gpu_blocks="1000"} 1.0
      vllm:cache_config_info{block_size="16",cache_dtype="auto",engine="1",num_gpu_blocks="500"} 1.0
      # TYPE vllm:time_to_first_token_seconds histogram
      vllm:time_to_first_token_seconds_bucket{engine="0",le="0.001",model_name="m"} 0.0
      vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="m"} 40.0
      vllm:time_to_first_token_seconds_count{engine="0",model_name="m"} 40.0
      vllm:time_to_first_token_seconds_sum{engine="0",model_name="m"} 8.5
      vllm:time_to_first_token_seconds_created{engine="0",model_name="m"} 1.7e+09
      vllm:inter_token_latency_seconds_count{engine="0",model_name="m"} 4000.0
      vllm:inter_token_latency_seconds_sum{engine="0",model_name="m"} 1.25e+02
      """;

  private Expositions() {}

  static EngineSample read(MetricDialect dialect, String text) {
    return whole(new MetricScrape(dialect), text);
  }

  static EngineSample whole(MetricScrape scrape, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    scrape.feed(bytes, 0, bytes.length);
    return scrape.finish();
  }

  static EngineSample inPieces(MetricScrape scrape, String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int longest = 1 + random.nextInt(120);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, random.nextInt(longest + 1));
      byte[] piece = new byte[length + 20];
      random.nextBytes(piece);
      System.arraycopy(bytes, at, piece, 10, length);
      scrape.feed(piece, 10, length);
      at += length;
    }
    return scrape.finish();
  }
}
