package io.ergane.dataplane.telemetry;

import io.ergane.core.schedule.StageTimer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Metrics, access log and decision log of a router. */
public final class RouterTelemetry implements Telemetry {
  private static final int MAX_LABEL_SETS = 10_000;

  private final RouterMetrics metrics;
  private final @Nullable AccessLog accessLog;
  private final DecisionLog decisions;
  private final LongSupplier nanoTime;

  /**
   * @param accessLog null when it is switched off
   */
  public RouterTelemetry(
      PrometheusMeterRegistry registry,
      @Nullable AccessLog accessLog,
      DecisionLog decisions,
      LongSupplier nanoTime) {
    this.metrics = new RouterMetrics(registry.getPrometheusRegistry(), nanoTime, MAX_LABEL_SETS);
    this.accessLog = accessLog;
    this.decisions = decisions;
    this.nanoTime = nanoTime;
  }

  public DecisionLog decisions() {
    return decisions;
  }

  /** Forgets the meters of pods that are not named. */
  public void retain(Set<String> pods) {
    metrics.retain(pods);
  }

  @Override
  public void started(RequestRecord record) {
    metrics.started();
  }

  @Override
  public void parsed(RequestRecord record) {
    metrics.parsed(record);
  }

  @Override
  public void upstreamStarted(RequestRecord record) {
    metrics.upstreamStarted(record);
  }

  @Override
  public void upstreamEnded(RequestRecord record) {
    metrics.upstreamEnded(record);
  }

  @Override
  public void ended(RequestRecord record) {
    metrics.ended(record);
    if (record.explanation != null) {
      decisions.add(record);
    }
    if (accessLog != null && record.path.startsWith("/v1/")) {
      accessLog.add(record);
    }
  }

  @Override
  public StageTimer stages(String model) {
    return metrics.stages(model);
  }

  @Override
  public boolean explain() {
    return decisions.admits(nanoTime.getAsLong());
  }
}
