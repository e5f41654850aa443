package io.ergane.e2e;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineState;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.Ports;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An {@code ergane control-plane}, some {@code ergane ext-proc} and an Envoy over two engines. */
final class EnvoyParts implements AutoCloseable {
  private static final String HERE = "127.0.0.1";
  private static final String MODEL = "vendor/model";

  /** Envoy's counters of what breaks, and of changes that could break something. */
  private static final String BREAKS =
      "(destroy.*active_rq%7C_reset%7Cprotocol_error%7Ctimeout%7C_modified%7C_removed%7Cmembership_change)$";

  private final Path folder;
  private final int xdsPort = Ports.free();
  private final int port = Ports.free();
  private final int adminPort = Ports.free();
  private final EventLoopGroup threads = EngineThreads.start(1);
  private final Map<String, SimulatedEngine> engines = new LinkedHashMap<>();
  private final Web web = new Web();
  private final List<Integer> schedulerPorts;
  private final List<Scheduler> schedulers = new ArrayList<>();
  private CommandLine controlPlane;
  private final EnvoyProcess envoy;
  private final List<String> ofScheduler;

  private record Scheduler(int port, int admin, CommandLine process) {}

  private EnvoyParts(
      Path folder, int schedulers, List<String> ofControlPlane, List<String> ofScheduler)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.schedulerPorts = Stream.generate(Ports::free).limit(schedulers).toList();
    this.ofScheduler = ofScheduler;
    Files.createDirectories(folder.resolve("manifests"));
    for (String name : List.of("e-1", "e-2")) {
      EngineSettings settings =
          EngineSettings.vllm(name, MODEL)
              .withModel(Gateway.QUICK)
              .withAddress("127.0.5." + name.charAt(2), 0);
      engines.put(name, SimulatedEngine.start(settings, threads));
    }
    Files.writeString(
        folder.resolve("manifests/models.yaml"),
        Manifests.all(Manifests.server("s", MODEL), Manifests.route("chat", "s")));
    Files.writeString(folder.resolve("router.yaml"), Manifests.configuration("", "random", ""));
    declare("e-1", "e-2");
    controlPlane = controlPlane(ofControlPlane);
    controlPlane.awaitErr("Ctrl-C drains");
    for (int at : schedulerPorts) {
      this.schedulers.add(scheduler(at));
    }
    for (Scheduler each : this.schedulers) {
      each.process.awaitErr("Ctrl-C drains");
    }
    envoy = EnvoyProcess.start(Files.createDirectory(folder.resolve("envoy")), bootstrap());
    envoy.awaitReady();
  }

  static EnvoyParts start(Path folder) throws IOException, InterruptedException {
    return start(folder, 1);
  }

  static EnvoyParts start(Path folder, int schedulers) throws IOException, InterruptedException {
    EnvoyParts parts = new EnvoyParts(folder, schedulers, List.of(), List.of());
    parts.awaitStatus(200);
    return parts;
  }

  /** With further options, and without a wait for a first answer. */
  static EnvoyParts start(Path folder, List<String> ofControlPlane, List<String> ofScheduler)
      throws IOException, InterruptedException {
    return new EnvoyParts(folder, 1, ofControlPlane, ofScheduler);
  }

  /** Waits until a request is answered so. */
  void awaitStatus(int status) {
    await().atMost(Gateway.PATIENCE).ignoreExceptions().until(() -> chat() == status);
  }

  private int chat() throws IOException, InterruptedException {
    return web.post(chatUrl(), Chats.body("chat", "hello")).statusCode();
  }

  /** Writes the pods of these engines in place of those that were declared. */
  void declare(String... names) throws IOException {
    List<String> pods = new ArrayList<>();
    for (String name : names) {
      SimulatedEngine engine = engines.get(name);
      if (engine == null) {
        throw new IllegalArgumentException("no engine " + name + " in " + Arrays.toString(names));
      }
      pods.add(Manifests.pod(name, "s", engine.url()));
    }
    Gateway.replace(
        folder.resolve("manifests/pods.yaml"), Manifests.all(pods.toArray(String[]::new)));
  }

  private CommandLine controlPlane(List<String> further) throws IOException {
    return started(
        List.of(
            "control-plane",
            "-f",
            folder.resolve("manifests").toString(),
            "--config=" + folder.resolve("router.yaml"),
            "--xds-host=" + HERE,
            "--xds-port=" + xdsPort,
            "--ext-proc="
                + schedulerPorts.stream().map(at -> HERE + ":" + at).collect(joining(",")),
            "--host=" + HERE,
            "--port=" + port,
            "--debug-port=" + adminPort,
            "--metrics-port=" + Ports.free()),
        further);
  }

  private Scheduler scheduler(int at) throws IOException {
    int admin = Ports.free();
    CommandLine process =
        started(
            List.of(
                "ext-proc",
                "--xds=" + HERE + ":" + xdsPort,
                "--node-id=scheduler-" + at,
                "--host=" + HERE,
                "--port=" + at,
                "--health-port=-1",
                "--debug-port=" + admin,
                "--metrics-port=" + Ports.free()),
            ofScheduler);
    return new Scheduler(at, admin, process);
  }

  private CommandLine started(List<String> arguments, List<String> further) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(further);
    return CommandLine.start(folder, all.toArray(String[]::new));
  }

  /** What {@code ergane xds status} prints. */
  String xdsStatus() throws IOException, InterruptedException {
    try (CommandLine status =
        CommandLine.start(folder, "xds", "status", "--admin=http://" + HERE + ":" + adminPort)) {
      status.exitCode();
      return status.out();
    }
  }

  private String bootstrap() throws IOException, InterruptedException {
    try (CommandLine printed =
        CommandLine.start(
            folder,
            "envoy-bootstrap",
            "--xds=" + HERE + ":" + xdsPort,
            "--node-id=envoy",
            "--admin-port=" + Ports.free())) {
      printed.exitCode();
      return printed.out();
    }
  }

  /** SIGKILL to the first. */
  void killScheduler() {
    schedulers.getFirst().process.close();
  }

  void startScheduler() throws IOException {
    schedulers.set(0, scheduler(schedulers.getFirst().port));
  }

  /** SIGKILL. */
  void killControlPlane() {
    controlPlane.close();
  }

  void startControlPlane(String... further) throws IOException {
    controlPlane = controlPlane(List.of(further));
    controlPlane.awaitErr("Ctrl-C drains");
  }

  /** How often Envoy has taken another content of what is not to change here. */
  long modified() {
    return envoy.stat("listener_manager.listener_modified")
        + envoy.stat("cluster_manager.cluster_modified")
        + envoy.stat("http.ergane.rds.ergane.config_reload");
  }

  /** How often the pool's endpoints have changed in Envoy. */
  long endpointChanges() {
    return envoy.stat("cluster.pool/default/s.membership_change");
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  Web web() {
    return web;
  }

  String chatUrl() {
    return "http://127.0.0.1:" + port + "/v1/chat/completions";
  }

  /** What scheduler, engines and Envoy's counters tell of a request that failed. */
  String known(Outcome outcome) {
    try {
      List<String> lines = new ArrayList<>();
      for (Scheduler each : schedulers) {
        each.process
            .out()
            .lines()
            .filter(line -> line.contains("request_id=" + outcome.id() + " "))
            .map(line -> "scheduler: " + line)
            .forEach(lines::add);
      }
      for (SimulatedEngine engine : engines.values()) {
        EngineState state = engine.state();
        lines.add(
            "%s: %d received, %d served, %d cancelled, %d refused"
                .formatted(
                    engine.name(),
                    state.received(),
                    state.served(),
                    state.cancelled(),
                    state.refused()));
      }
      lines.add(envoy.get("/stats?usedonly&filter=" + BREAKS));
      return String.join("\n", lines);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Generations that run in the engines. */
  int running() {
    return engines.values().stream().mapToInt(engine -> engine.state().running()).sum();
  }

  /** Requests that the schedulers count in. */
  long inFlight() throws IOException, InterruptedException {
    long all = 0;
    for (Samples samples : samples()) {
      all +=
          (long)
              (samples.sum("ergane_ext_proc_in_flight")
                  + samples.sum("ergane_ext_proc_open_requests")
                  + samples.sum("kthena_router_active_requests")
                  + samples.sum("kthena_router_active_upstream_requests"));
    }
    return all;
  }

  /** What each scheduler measures. */
  List<Samples> samples() throws IOException, InterruptedException {
    List<Samples> all = new ArrayList<>();
    for (Scheduler each : schedulers) {
      all.add(samples(each.admin));
    }
    return all;
  }

  Samples samplesOfControlPlane() throws IOException, InterruptedException {
    return samples(adminPort);
  }

  private Samples samples(int admin) throws IOException, InterruptedException {
    return Samples.parse(web.get("http://127.0.0.1:" + admin + "/metrics").body());
  }

  /** Waits until neither schedulers nor engines have anything in flight. */
  void awaitIdle() {
    await()
        .atMost(Gateway.PATIENCE)
        .ignoreExceptions()
        .until(() -> inFlight() == 0 && running() == 0);
  }

  @Override
  public void close() {
    web.close();
    envoy.close();
    schedulers.forEach(each -> each.process.close());
    controlPlane.close();
    engines.values().forEach(SimulatedEngine::close);
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }
}
