package io.ergane.cli;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.EngineSignals;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import io.ergane.dataplane.net.EventLoops;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.WatchSettings;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A data plane that is fed with images and watches its engines.
 *
 * @param ready whether each engine of the first image has answered or failed once
 * @param pages of the admin port that tell of the images' source
 */
record EngineSide(
    Dataplane dataplane,
    EventLoopGroup loops,
    BooleanSupplier ready,
    Map<String, AdminServer.Page> pages) {

  static EngineSide open(
      Images images,
      SchedulingOptions options,
      Map<String, String> environment,
      Instruments instruments,
      Parts parts)
      throws IOException {
    String key = options.engineKey(environment);
    Dataplane dataplane = new Dataplane(DataplaneSettings.DEFAULT, System::nanoTime);
    instruments.watch(dataplane);
    Map<String, AdminServer.Page> pages = images.feed(dataplane, instruments, parts);
    EventLoopGroup loops = loops(options.threads, parts);
    EngineSignals signals =
        parts.opened(
            new EngineSignals(
                dataplane,
                network(loops),
                watchSettings(environment),
                key,
                instruments.registry(),
                options.seedOrDrawn()));
    return new EngineSide(dataplane, loops, whenDone(signals), pages);
  }

  /**
   * Opens the pages of a process that decides.
   *
   * @param more pages of the admin port, by path
   * @throws UserError when a port is taken
   */
  Pages openPages(
      PageOptions options,
      Instruments instruments,
      Map<String, AdminServer.Page> more,
      Parts parts) {
    Map<String, AdminServer.Page> all =
        DebugPages.all(
            dataplane, instruments.telemetry().decisions(), instruments.registry()::scrape);
    all.putAll(pages);
    all.putAll(more);
    return Pages.open(options, all, instruments.registry()::scrape, parts);
  }

  private static BooleanSupplier whenDone(EngineSignals signals) {
    var first = signals.firstCycleDone();
    return first::isDone;
  }

  private static EventLoopGroup loops(int wanted, Parts parts) {
    int threads = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    EventLoopGroup loops = EventLoops.start(threads);
    parts.opened(
        () -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3_000));
    return loops;
  }

  private static EngineWatch.Network network(EventLoopGroup loops) {
    return new EngineWatch.Network(loops, () -> SslContextBuilder.forClient().build());
  }

  private static WatchSettings watchSettings(Map<String, String> environment) {
    WatchSettings base = WatchSettings.DEFAULT;
    Duration interval =
        Waits.duration(environment, "METRICS_SCRAPE_INTERVAL", base.metricsInterval());
    return new WatchSettings(
        interval,
        base.modelsInterval(),
        base.deadline(),
        base.slowestFactor(),
        base.maxBodyBytes(),
        base.maxHeadBytes());
  }
}
