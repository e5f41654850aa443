package io.ergane.cli;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.telemetry.AccessLog;
import io.ergane.dataplane.telemetry.AccessLogFormat;
import io.ergane.dataplane.telemetry.DataplaneMetrics;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a process that serves requests tells of itself: metrics, access log, decision records. */
record Instruments(PrometheusMeterRegistry registry, RouterTelemetry telemetry) {
  private static final int DECISIONS_PER_SECOND = 100;
  private static final int ACCESS_LOG_QUEUE = 16_384;

  /**
   * @param decisions explained ones that are kept
   */
  static Instruments open(int decisions, Map<String, String> environment, Parts parts)
      throws IOException {
    PrometheusMeterRegistry registry = jvmMetrics();
    AccessLog log = accessLog(environment);
    if (log != null) {
      parts.opened(log);
      FunctionCounter.builder("ergane_access_log_dropped", log, AccessLog::dropped)
          .description("Access log lines dropped, the queue being full.")
          .register(registry);
    }
    DecisionLog kept = new DecisionLog(decisions, DECISIONS_PER_SECOND);
    return new Instruments(registry, new RouterTelemetry(registry, log, kept, System::nanoTime));
  }

  /** Metrics of the JVM alone. */
  static PrometheusMeterRegistry jvmMetrics() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
    return registry;
  }

  /** Adds metrics of a data plane, and forgets those of endpoints that are gone. */
  void watch(Dataplane dataplane) {
    new DataplaneMetrics(dataplane, registry);
    dataplane.onChange(state ->
        telemetry.retain(
            state.watched().stream()
                .map(watched -> watched.endpoint().pod().toString())
                .collect(Collectors.toSet())));
  }

  private static @Nullable AccessLog accessLog(Map<String, String> environment) throws IOException {
    String enabled = environment.getOrDefault("ACCESS_LOG_ENABLED", "true");
    if (enabled.toLowerCase(Locale.ROOT).equals("false")) {
      return null;
    }
    AccessLogFormat format = AccessLogFormat.of(environment.getOrDefault("ACCESS_LOG_FORMAT", ""));
    return new AccessLog(format, output(environment), ACCESS_LOG_QUEUE);
  }

  private static OutputStream output(Map<String, String> environment) throws IOException {
    String target = environment.getOrDefault("ACCESS_LOG_OUTPUT", "stdout");
    return switch (target) {
      case "", "stdout" -> new FileOutputStream(FileDescriptor.out);
      case "stderr" -> new FileOutputStream(FileDescriptor.err);
      default -> {
        try {
          yield Files.newOutputStream(
              Path.of(target), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
          throw new UserError(
              "ACCESS_LOG_OUTPUT is '%s', which cannot be opened: %s. Accepted are stdout, stderr or a"
                      .formatted(target, e)
                  + " file that can be written.");
        }
      }
    };
  }
}
