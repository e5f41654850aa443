package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.Families.KTHENA;
import static io.ergane.dataplane.telemetry.Families.NANOS;

import io.ergane.core.schedule.StageTimer;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Times the runs of scheduling plugins, by model. */
final class PluginTimers {
  private final Histogram family;
  private final LongSupplier nanoTime;

  PluginTimers(Families families, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    family =
        families.histogram(
            KTHENA + "scheduler_plugin_duration_seconds",
            "Time of a plugin's run.",
            Buckets.PLUGIN,
            "model",
            "plugin",
            "type");
  }

  StageTimer ofModel(String model) {
    return new Timer(model);
  }

  /** Decisions of a thread do not interleave. */
  private final class Timer implements StageTimer {
    private final String model;
    private final Map<String, DistributionDataPoint> filters = new ConcurrentHashMap<>();
    private final Map<String, DistributionDataPoint> scorers = new ConcurrentHashMap<>();
    private final ThreadLocal<long[]> mark = ThreadLocal.withInitial(() -> new long[1]);

    Timer(String model) {
      this.model = model;
    }

    @Override
    public void begin() {
      mark.get()[0] = nanoTime.getAsLong();
    }

    @Override
    public void end(Stage stage, String plugin) {
      long now = nanoTime.getAsLong();
      long[] since = mark.get();
      Map<String, DistributionDataPoint> points = stage == Stage.FILTER ? filters : scorers;
      DistributionDataPoint point = points.get(plugin);
      if (point == null) {
        String type = stage == Stage.FILTER ? "filter" : "score";
        point = points.computeIfAbsent(plugin, name -> family.labelValues(model, name, type));
      }
      point.observe((now - since[0]) * NANOS);
      since[0] = now;
    }
  }
}
