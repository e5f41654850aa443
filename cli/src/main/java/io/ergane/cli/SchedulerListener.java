package io.ergane.cli;

import io.ergane.extproc.ExtProcMetrics;
import io.ergane.extproc.ExtProcServer;
import io.ergane.extproc.ExtProcSettings;
import io.ergane.proto.tls.UnusableTlsFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Starts the scheduler's gRPC services over a data plane. */
final class SchedulerListener {
  private SchedulerListener() {}

  /**
   * @param ready whether {@code /readyz} and gRPC health say so
   * @param exposeMetrics whether Envoy's listener serves {@code /metrics} too
   * @param lameDuck between readiness turning false and the end of accepting
   * @throws UserError when the address is taken or a certificate cannot be used
   */
  static ExtProcServer start(
      ExtProcSettings.Listener at,
      SchedulingOptions options,
      BooleanSupplier ready,
      boolean exposeMetrics,
      Duration lameDuck,
      Map<String, String> environment,
      EngineSide engines,
      Instruments instruments) {
    ExtProcSettings base = ExtProcSettings.DEFAULT;
    ExtProcSettings.Limits limits = base.limits();
    ExtProcSettings.Timeouts times = base.timeouts();
    ExtProcSettings settings =
        base.withListener(at)
            .withLimits(
                new ExtProcSettings.Limits(
                    options.maxBodyBytes,
                    limits.maxBufferedBytes(),
                    limits.maxPartBytes(),
                    options.maxInFlight,
                    limits.maxJsonDepth(),
                    limits.maxFrameBytes(),
                    limits.maxHeaderBytes()))
            .withTimeouts(
                new ExtProcSettings.Timeouts(
                    lameDuck,
                    Waits.drain(environment),
                    times.keepAlive(),
                    times.leastPing(),
                    times.upload(),
                    times.reload()))
            .withSurface(options.surface(ready, exposeMetrics, instruments));
    return listen(
        options.seed == null ? settings : settings.withSeed(options.seed), engines, instruments);
  }

  private static ExtProcServer listen(
      ExtProcSettings settings, EngineSide engines, Instruments instruments) {
    ExtProcSettings.Listener at = settings.listener();
    try {
      ExtProcServer server =
          ExtProcServer.start(
              settings, engines.dataplane(), instruments.telemetry(), engines.loops());
      ExtProcMetrics.register(server, instruments.registry());
      return server;
    } catch (UnusableTlsFiles e) {
      throw new UserError(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Binding.failed(
          "the scheduler on %s:%d".formatted(at.host(), at.port()),
          e,
          "Choose other ports, or stop what listens there.");
    }
  }
}
