package io.ergane.e2e.parity;

import static org.awaitility.Awaitility.await;

import io.ergane.core.compile.Compilation;
import io.ergane.core.schedule.HealthPolicy;
import io.ergane.core.schedule.Signal;
import io.ergane.core.schedule.SignalBoard;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.EngineSignals;
import io.ergane.dataplane.net.EventLoops;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.WatchSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A data plane that watches scripted engines. Time decides nothing in it: what engines said never
 * grows old, and no endpoint is ever taken out of rotation.
 */
final class Subject implements AutoCloseable {
  static final HealthPolicy NO_EJECTIONS = new HealthPolicy(Integer.MAX_VALUE, 1, 1, 0);
  static final DataplaneSettings SETTINGS =
      new DataplaneSettings(256, Duration.ofHours(1), 1 << 16, NO_EJECTIONS);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Recorder recorder = new Recorder();
  final EventLoopGroup loops = EventLoops.start(1);
  final Dataplane dataplane = new Dataplane(SETTINGS, System::nanoTime);
  private final EngineSignals signals;

  Subject(Compilation compilation) throws IOException {
    dataplane.apply(compilation);
    WatchSettings base = WatchSettings.DEFAULT;
    WatchSettings often =
        new WatchSettings(
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            base.deadline(),
            base.slowestFactor(),
            base.maxBodyBytes(),
            base.maxHeadBytes());
    signals =
        new EngineSignals(
            dataplane,
            new EngineWatch.Network(loops, () -> SslContextBuilder.forClient().build()),
            often,
            null,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            1);
  }

  /** Waits until it knows of its engines what another board knows. */
  void awaitSignals(SignalBoard wanted) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> dataplane.state().watched().stream().allMatch(at -> knows(at, wanted)));
  }

  private boolean knows(Dataplane.Watched watched, SignalBoard wanted) {
    int slot = wanted.slotOf(watched.endpoint());
    for (Signal signal :
        new Signal[] {Signal.RUNNING, Signal.WAITING, Signal.KV_USAGE, Signal.TTFT, Signal.TPOT}) {
      float known = dataplane.board().read(signal, watched.slot(), dataplane.now(), Long.MAX_VALUE);
      if (Float.compare(known, wanted.read(signal, slot, 0, Long.MAX_VALUE)) != 0) {
        return false;
      }
    }
    return Objects.equals(dataplane.board().models(watched.slot()), wanted.models(slot));
  }

  @Override
  public void close() {
    signals.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }
}
