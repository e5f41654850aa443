package io.ergane.e2e.parity;

import io.ergane.core.schedule.StageTimer;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.ergane.dataplane.telemetry.Telemetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A router's own telemetry that also keeps every request, each with its decision explained. */
final class Recorder implements Telemetry {
  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final RouterTelemetry router =
      new RouterTelemetry(registry, null, new DecisionLog(0, 0), System::nanoTime);
  private final ConcurrentMap<String, RequestRecord> ended = new ConcurrentHashMap<>();

  /** The request with that id once it is over; null before, and when it was never told of. */
  @Nullable RequestRecord ended(String id) {
    return ended.get(id);
  }

  List<RequestRecord> all() {
    return List.copyOf(ended.values());
  }

  void forget() {
    ended.clear();
  }

  @Override
  public void started(RequestRecord record) {
    router.started(record);
  }

  @Override
  public void parsed(RequestRecord record) {
    router.parsed(record);
  }

  @Override
  public void upstreamStarted(RequestRecord record) {
    router.upstreamStarted(record);
  }

  @Override
  public void upstreamEnded(RequestRecord record) {
    router.upstreamEnded(record);
  }

  @Override
  public void ended(RequestRecord record) {
    router.ended(record);
    if (record.requestId != null) {
      ended.put(record.requestId, record);
    }
  }

  @Override
  public StageTimer stages(String model) {
    return router.stages(model);
  }

  @Override
  public boolean explain() {
    return true;
  }
}
