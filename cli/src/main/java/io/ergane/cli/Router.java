package io.ergane.cli;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.controllers.config.RouterConfigurationFile;
import io.ergane.controllers.source.Source;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.EngineSignals;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.WatchSettings;
import io.ergane.dataplane.telemetry.AccessLog;
import io.ergane.dataplane.telemetry.AccessLogFormat;
import io.ergane.dataplane.telemetry.DataplaneMetrics;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.ergane.proxy.EventLoops;
import io.ergane.proxy.ProxyServer;
import io.ergane.proxy.ProxySettings;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A control plane, a data plane and a proxy in one process. */
public final class Router implements AutoCloseable {
  private static final int DECISIONS_PER_SECOND = 100;
  private static final int ACCESS_LOG_QUEUE = 16_384;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ControlPlane controlPlane;
  private final Dataplane dataplane;
  private final ProxyServer proxy;
  private final AdminServer admin;
  private final AdminServer metrics;

  /**
   * Starts everything; returns when requests can be served.
   *
   * @param sources what declares manifests, beside the router configuration of the options
   * @throws UserError for what the user can put right
   */
  public static Router start(
      RouterOptions options, List<Source> sources, Map<String, String> environment) {
    RouterOptions.warnOfUnused(environment);
    try {
      return new Router(options, sources, environment);
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private Router(RouterOptions options, List<Source> sources, Map<String, String> environment)
      throws IOException {
    try {
      long seed = options.seed == null ? ThreadLocalRandom.current().nextLong() : options.seed;
      String key = options.engineKey(environment);
      PrometheusMeterRegistry registry = registry();
      dataplane = new Dataplane(DataplaneSettings.DEFAULT, System::nanoTime);
      RouterTelemetry telemetry = telemetry(options, environment, registry);
      new DataplaneMetrics(dataplane, registry);
      dataplane.onChange(state -> telemetry.retain(podNames(state)));
      controlPlane = opened(new ControlPlane(all(sources, options), Timing.DEFAULT));
      controlPlane.listen(dataplane::apply);
      controlPlane.start();
      EventLoopGroup loops = loops(options);
      EngineSignals signals = opened(signals(environment, key, registry, loops, seed));
      proxy = opened(proxy(options, environment, key, registry, telemetry, loops, signals));
      admin =
          opened(
              listen(
                  "admin page",
                  "--debug-port",
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), options.debugPort),
                  DebugPages.all(dataplane, telemetry.decisions(), registry::scrape)));
      metrics =
          opened(
              listen(
                  "metrics page",
                  "--metrics-port",
                  new InetSocketAddress(options.metricsPort),
                  Map.of("/metrics", DebugPages.metricsPage(registry::scrape))));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static AdminServer listen(
      String what, String option, InetSocketAddress address, Map<String, AdminServer.Page> pages) {
    try {
      return new AdminServer(address, pages);
    } catch (IOException e) {
      throw Binding.failed(
          "the %s on port %d".formatted(what, address.getPort()),
          e,
          "Choose another %s, or stop what listens there.".formatted(option));
    }
  }

  private static java.util.Set<String> podNames(Dataplane.State state) {
    return state.watched().stream()
        .map(watched -> watched.endpoint().pod().toString())
        .collect(Collectors.toSet());
  }

  private static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
    return registry;
  }

  private RouterTelemetry telemetry(
      RouterOptions options, Map<String, String> environment, PrometheusMeterRegistry registry)
      throws IOException {
    AccessLog log = accessLog(environment);
    if (log != null) {
      opened(log);
      io.micrometer.core.instrument.FunctionCounter.builder(
              "ergane_access_log_dropped", log, AccessLog::dropped)
          .description("Access log lines dropped, the queue being full.")
          .register(registry);
    }
    DecisionLog decisions = new DecisionLog(options.decisions, DECISIONS_PER_SECOND);
    return new RouterTelemetry(registry, log, decisions, System::nanoTime);
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

  private static List<Source> all(List<Source> sources, RouterOptions options) throws IOException {
    List<Source> all = new ArrayList<>(sources);
    Path path = options.config;
    if (path == null && Files.exists(RouterConfigurationFile.DEFAULT_PATH)) {
      path = RouterConfigurationFile.DEFAULT_PATH;
    }
    if (path != null) {
      RouterConfigurationFile file = RouterConfigurationFile.open(path);
      if (file.configuration().auth()) {
        throw new UserError(
            path
                + " has an auth block, but tokens are not checked by this version, and requests must"
                + " not pass unchecked. Remove the block, or check tokens in front of Ergane.");
      }
      all.add(file);
    }
    return all;
  }

  private EventLoopGroup loops(RouterOptions options) {
    int threads =
        options.threads > 0 ? options.threads : Runtime.getRuntime().availableProcessors();
    EventLoopGroup loops = EventLoops.start(threads);
    opened(() -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3_000));
    return loops;
  }

  private EngineSignals signals(
      Map<String, String> environment,
      @Nullable String key,
      PrometheusMeterRegistry registry,
      EventLoopGroup loops,
      long seed)
      throws IOException {
    Duration interval =
        RouterOptions.duration(
            environment, "METRICS_SCRAPE_INTERVAL", WatchSettings.DEFAULT.metricsInterval());
    WatchSettings base = WatchSettings.DEFAULT;
    WatchSettings settings =
        new WatchSettings(
            interval,
            base.modelsInterval(),
            base.deadline(),
            base.slowestFactor(),
            base.maxBodyBytes(),
            base.maxHeadBytes());
    EngineWatch.Network network =
        new EngineWatch.Network(
            loops, EventLoops.socketType(loops.next()), SslContextBuilder.forClient().build());
    return new EngineSignals(dataplane, network, settings, key, registry, seed);
  }

  private ProxyServer proxy(
      RouterOptions options,
      Map<String, String> environment,
      @Nullable String key,
      PrometheusMeterRegistry registry,
      RouterTelemetry telemetry,
      EventLoopGroup loops,
      EngineSignals signals)
      throws IOException {
    var listening =
        new ProxySettings.Listener(options.host, options.port, options.tlsCert, options.tlsKey);
    var first = signals.firstCycleDone();
    var surface =
        new ProxySettings.Surface(
            options.kthenaErrors,
            first::isDone,
            options.exposeMetrics
                ? () -> registry.scrape().getBytes(StandardCharsets.UTF_8)
                : null);
    ProxySettings settings =
        settings(options, environment, key).withListener(listening).withSurface(surface);
    try {
      return ProxyServer.start(settings, dataplane, telemetry, loops);
    } catch (BindException e) {
      throw Binding.failed(
          "the OpenAI API on %s:%d".formatted(options.host, options.port),
          e,
          "Choose another --port, or stop what listens there.");
    }
  }

  private static ProxySettings settings(
      RouterOptions options, Map<String, String> environment, @Nullable String key) {
    ProxySettings.Limits limits = ProxySettings.Limits.DEFAULT;
    ProxySettings.Timeouts times = ProxySettings.Timeouts.DEFAULT;
    ProxySettings.Engines engines = ProxySettings.Engines.DEFAULT;
    ProxySettings settings =
        ProxySettings.DEFAULT
            .withLimits(
                new ProxySettings.Limits(
                    limits.maxHeaderBytes(),
                    limits.maxHeaders(),
                    options.maxBodyBytes,
                    limits.maxBufferedBytes(),
                    options.maxConnections,
                    options.maxInFlight,
                    limits.maxJsonDepth(),
                    limits.maxFrameBytes()))
            .withTimeouts(
                new ProxySettings.Timeouts(
                    times.header(),
                    times.bodyStall(),
                    times.idle(),
                    times.writeStall(),
                    times.answerStall(),
                    options.lameDuck(environment),
                    RouterOptions.duration(environment, "DRAIN_TIMEOUT", times.drain())))
            .withEngines(
                new ProxySettings.Engines(
                    engines.connect(),
                    engines.idle(),
                    engines.maxIdlePerEndpoint(),
                    engines.maxIdle(),
                    key,
                    engines.verifyCertificates()));
    return options.seed == null ? settings : settings.withSeed(options.seed);
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  public Dataplane dataplane() {
    return dataplane;
  }

  public ProxyServer proxy() {
    return proxy;
  }

  /** Port of the debug pages, on loopback. */
  public int adminPort() {
    return admin.port();
  }

  /** Port of the metrics, on all addresses. */
  public int metricsPort() {
    return metrics.port();
  }

  /** Lets running requests end, as long as the drain time allows, then closes. */
  public void drain() {
    proxy.drain().join();
    close();
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        org.slf4j.LoggerFactory.getLogger(Router.class)
            .warn("A part did not close: {}", e.toString());
      }
    }
  }
}
