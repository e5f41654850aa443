package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.controllers.config.RouterConfigurationFile;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.HostPort;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.EngineSignals;
import io.ergane.dataplane.net.EventLoops;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.WatchSettings;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.ergane.extproc.ExtProcMetrics;
import io.ergane.extproc.ExtProcServer;
import io.ergane.extproc.ExtProcSettings;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineConfig;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.Ports;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoyBootstrap;
import io.ergane.xds.translate.EnvoyNames;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Envoy over simulated engines, with control plane and scheduler in this process and a relay
 * between Envoy and the scheduler that can be cut. Lost requests are given up after seconds.
 */
final class EnvoyStack implements AutoCloseable {
  static final String MODEL = "vendor/model";
  static final Duration ORPHANED = Duration.ofSeconds(1);

  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final EventLoopGroup engineThreads = EngineThreads.start(1);
  private final EventLoopGroup loops = EventLoops.start(1);
  private final Map<String, SimulatedEngine> engines = new LinkedHashMap<>();
  private final Dataplane dataplane = new Dataplane(DataplaneSettings.DEFAULT, System::nanoTime);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final int port = Ports.free();
  private final Web web = new Web();
  private final ControlPlane controlPlane;
  private final EngineSignals signals;
  private final ExtProcServer scheduler;
  private final Relay relay;
  private final XdsServer xds;
  private final boolean failOpen;
  private volatile List<Resource> further = List.of();
  private EnvoyProcess envoy;
  private int envoys;

  private EnvoyStack(
      Path folder, int engineCount, EngineConfig pace, String timeout, boolean failOpen)
      throws IOException {
    this.folder = folder;
    this.failOpen = failOpen;
    String model = failOpen ? "chat" : MODEL;
    Path manifests = Files.createDirectories(folder.resolve("manifests"));
    List<String> pods = new ArrayList<>();
    for (int i = 1; i <= engineCount; i++) {
      EngineSettings settings =
          EngineSettings.vllm("e-" + i, model).withModel(pace).withAddress("127.0.4." + i, 0);
      SimulatedEngine engine = SimulatedEngine.start(settings, engineThreads);
      engines.put(engine.name(), engine);
      pods.add(Manifests.pod(engine.name(), "s", engine.url()));
    }
    Files.writeString(manifests.resolve("pods.yaml"), Manifests.all(pods.toArray(String[]::new)));
    Files.writeString(
        manifests.resolve("models.yaml"),
        Manifests.all(
            Manifests.server("s", model).replace("timeout: 10s", "timeout: " + timeout),
            Manifests.route("chat", "s")));
    Path configuration = folder.resolve("router.yaml");
    Files.writeString(configuration, Manifests.configuration("", "random", ""));
    scheduler =
        ExtProcServer.start(
            schedulerSettings(),
            dataplane,
            new RouterTelemetry(registry, null, new DecisionLog(64, 100), System::nanoTime),
            loops);
    ExtProcMetrics.register(scheduler, registry);
    relay = Relay.to(scheduler.port());
    xds = XdsServer.start(XdsSettings.DEFAULT.at(LOOPBACK, 0), NodeCheck.ANY, registry);
    controlPlane =
        new ControlPlane(
            List.of(
                new ManifestFiles(List.of(manifests), FileLimits.DEFAULT),
                RouterConfigurationFile.open(configuration)),
            Timing.DEFAULT);
    controlPlane.listen(this::publish);
    controlPlane.start();
    signals = watch();
    envoy = startEnvoy();
  }

  /**
   * @param timeout of one attempt until the answer's head, as manifests write it
   */
  static EnvoyStack start(Path folder, int engines, EngineConfig pace, String timeout)
      throws IOException {
    return ready(new EnvoyStack(folder, engines, pace, timeout, false));
  }

  /**
   * One that serves without the scheduler while it does not answer; engines know the model by the
   * name that clients use, since nobody can replace it then.
   */
  static EnvoyStack failingOpen(Path folder, int engines, EngineConfig pace) throws IOException {
    return ready(new EnvoyStack(folder, engines, pace, "10s", true));
  }

  private static EnvoyStack ready(EnvoyStack stack) {
    await()
        .atMost(Gateway.PATIENCE)
        .until(() -> stack.signals.firstCycleDone().isDone() && stack.chat("hello") == 200);
    return stack;
  }

  private static ExtProcSettings schedulerSettings() {
    ExtProcSettings base = ExtProcSettings.DEFAULT;
    ExtProcSettings.Accounting accounting = base.accounting();
    return base.withListener(new ExtProcSettings.Listener(LOOPBACK, 0, -1, null))
        .withAccounting(
            new ExtProcSettings.Accounting(
                accounting.teller(),
                accounting.lostAfter(),
                ORPHANED,
                accounting.assumedBodyMode()));
  }

  private EngineSignals watch() throws IOException {
    WatchSettings base = WatchSettings.DEFAULT;
    return new EngineSignals(
        dataplane,
        new EngineWatch.Network(loops, () -> SslContextBuilder.forClient().build()),
        new WatchSettings(
            Duration.ofMillis(100),
            base.modelsInterval(),
            base.deadline(),
            base.slowestFactor(),
            base.maxBodyBytes(),
            base.maxHeadBytes()),
        null,
        registry,
        1);
  }

  private void publish(Compilation compilation) {
    dataplane.apply(compilation);
    xds.publish(resources(compilation).with(further, List.of()));
  }

  /** Tells Envoy something beside what manifests say, from now on. */
  void tell(Resource resource) {
    further = List.of(resource);
    publish(controlPlane.current());
  }

  /** Writes documents to a file of the manifests' folder. */
  void manifest(String file, String... documents) throws IOException {
    Gateway.replace(folder.resolve("manifests").resolve(file), Manifests.all(documents));
  }

  private ResourceSet resources(Compilation compilation) {
    EnvoySettings base = EnvoySettings.DEFAULT;
    EnvoySettings settings =
        base.withFailOpen(failOpen)
            .withListener(new EnvoySettings.Listener(LOOPBACK, port, null))
            .withScheduler(
                new EnvoySettings.Scheduler(
                    List.of(new HostPort(LOOPBACK, relay.port())),
                    null,
                    base.scheduler().timeout(),
                    base.scheduler().logInterval()));
    return EnvoyTranslation.translate(compilation.image(), compilation.endpoints(), settings);
  }

  private EnvoyProcess startEnvoy() throws IOException {
    HostPort at = new HostPort(LOOPBACK, xds.port());
    EnvoyBootstrap bootstrap =
        new EnvoyBootstrap("stack", EnvoyNames.ERGANE, at, null, new HostPort(LOOPBACK, 0), 10_000);
    Path own = Files.createDirectory(folder.resolve("envoy-" + envoys++));
    EnvoyProcess started = EnvoyProcess.start(own, bootstrap.yaml(), "--log-level", "error");
    started.awaitReady();
    return started;
  }

  /** Ends Envoy as kill -9 does. */
  void killEnvoy() {
    envoy.close();
  }

  void restartEnvoy() throws IOException {
    envoy = startEnvoy();
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  XdsServer xds() {
    return xds;
  }

  Relay relay() {
    return relay;
  }

  Dataplane dataplane() {
    return dataplane;
  }

  SimulatedEngine engine(String name) {
    SimulatedEngine engine = engines.get(name);
    if (engine == null) {
      throw new IllegalArgumentException("no engine " + name);
    }
    return engine;
  }

  Map<String, SimulatedEngine> engines() {
    return engines;
  }

  Web web() {
    return web;
  }

  int port() {
    return port;
  }

  String chatUrl() {
    return "http://127.0.0.1:" + port + "/v1/chat/completions";
  }

  /** The status of an answer to a short request; -1 for none. */
  int chat(String prompt) throws InterruptedException {
    try {
      return web.post(chatUrl(), Chats.body("chat", prompt)).statusCode();
    } catch (IOException e) {
      return -1;
    }
  }

  Samples metrics() {
    return Samples.parse(registry.scrape());
  }

  /** Requests that the scheduler counts in at engines. */
  int inFlight() {
    return Math.max(dataplane.board().totalInFlight(), scheduler.inFlight());
  }

  /** Waits until the scheduler and the engines have nothing in flight. */
  void awaitIdle() {
    await()
        .atMost(Gateway.PATIENCE)
        .untilAsserted(() -> {
          assertThat(inFlight()).as("in flight in the scheduler").isZero();
          assertThat(metrics().sum("ergane_ext_proc_open_requests")).as("open requests").isZero();
          for (SimulatedEngine engine : engines.values()) {
            assertThat(engine.state().running() + engine.state().waiting())
                .as("in %s", engine.name())
                .isZero();
          }
          Samples samples = metrics();
          assertThat(samples.sum("kthena_router_active_requests")).isZero();
          assertThat(samples.sum("kthena_router_active_downstream_requests")).isZero();
          assertThat(samples.sum("kthena_router_active_upstream_requests")).isZero();
        });
  }

  /** Generations that the engines work on or keep waiting. */
  int generating() {
    return engines.values().stream()
        .mapToInt(engine -> engine.state().running() + engine.state().waiting())
        .sum();
  }

  @Override
  public void close() throws IOException {
    web.close();
    envoy.close();
    controlPlane.close();
    xds.close();
    relay.close();
    scheduler.close();
    signals.close();
    engines.values().forEach(SimulatedEngine::close);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
    engineThreads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }
}
