package io.ergane.core.engine;

/**
 * TorchServe in {@code metrics_mode=prometheus}.
 *
 * <p>It reports neither queue length nor KV cache. Its counters give the time a request waits and
 * runs, which stands for time to first token: an answer is not streamed until it is computed.
 */
final class TorchServeDialect {

  static final MetricDialect DIALECT =
      new DialectBuilder("TorchServe")
          .metricsPort(8082)
          .ttftFromCounters(
              "ts_inference_requests_total",
              1e-6,
              "ts_queue_latency_microseconds",
              "ts_inference_latency_microseconds")
          .build();

  private TorchServeDialect() {}
}
