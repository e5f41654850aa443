package io.ergane.dataplane.signals;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The polls of one target. Confined to one event loop, but for {@link #closeGate} and status. */
final class Probe {

  /** What a target's polls are given. */
  record Surroundings(
      Target target,
      WatchContext context,
      Gate gate,
      SplittableRandom random,
      Runnable onFirstOutcome) {}

  private final Target target;
  private final Gate gate;
  private final EngineClient metricsClient;
  private final EngineClient modelsClient;
  private final MetricsPoll metrics;
  private final @Nullable ModelsPoll models;

  Probe(ClientLoop loop, Surroundings around) {
    this.target = around.target();
    this.gate = around.gate();
    WatchSettings settings = around.context().settings();
    metricsClient = new EngineClient(loop, target, target.metricsPort(), settings);
    modelsClient =
        target.port() == target.metricsPort()
            ? metricsClient
            : new EngineClient(loop, target, target.port(), settings);
    metrics = new MetricsPoll(metricsClient, around);
    String modelsPath = target.modelsPath();
    models = modelsPath == null ? null : new ModelsPoll(modelsPath, modelsClient, around);
  }

  /** Pages that a target is asked for. */
  static int pages(Target target) {
    return target.modelsPath() == null ? 1 : 2;
  }

  /** Returns how many requests it began. */
  int tick(long now) {
    int began = metrics.tick(now) ? 1 : 0;
    return models != null && models.tick(now) ? began + 1 : began;
  }

  /** Stops deliveries; from any thread. */
  void closeGate() {
    gate.close();
  }

  /** Stops asking and closes connections. */
  void retire() {
    metricsClient.abandon();
    modelsClient.abandon();
    metrics.retire();
    if (models != null) {
      models.retire();
    }
  }

  Target target() {
    return target;
  }

  TargetStatus status(long now) {
    return metrics.status(now);
  }
}
