package io.ergane.e2e.kube;

import io.ergane.simulator.model.EngineConfig;
import java.time.Duration;

/**
 * How a fake kubelet runs pods.
 *
 * @param model that the engines serve
 * @param pace of the engines
 * @param startDelay from a pod's appearance to its start
 * @param restartDelay from a crash to the next start
 * @param nodes pods are spread over {@code node-0}, {@code node-1} and so on
 */
record KubeletSettings(
    String model, EngineConfig pace, Duration startDelay, Duration restartDelay, int nodes) {
  /** Tokens quickly, pods within 50 ms. */
  static KubeletSettings of(String model) {
    return new KubeletSettings(
        model,
        EngineConfig.fast().withTimes(Duration.ofMillis(1), Duration.ofNanos(100_000)),
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        4);
  }

  KubeletSettings withPace(EngineConfig newPace) {
    return new KubeletSettings(model, newPace, startDelay, restartDelay, nodes);
  }

  KubeletSettings withStartDelay(Duration delay) {
    return new KubeletSettings(model, pace, delay, restartDelay, nodes);
  }

  KubeletSettings withRestartDelay(Duration delay) {
    return new KubeletSettings(model, pace, startDelay, delay, nodes);
  }
}
