package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ergane.cli.EnvoyGateway;
import io.ergane.cli.EnvoyOptions;
import io.ergane.cli.Router;
import io.ergane.cli.RouterOptions;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.source.Source;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineConfig;
import io.ergane.testkit.Part;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A router over simulated engines, all of this process, that reads its manifests from a folder.
 * Declare engines and manifests, {@link #start} it, close it: by then no request may be in flight.
 */
final class Gateway implements AutoCloseable {
  /** How long a busy machine may take. */
  static final Duration PATIENCE = Duration.ofSeconds(45);

  /** Little time for a token, so that tests are short. */
  static final EngineConfig QUICK =
      EngineConfig.fast().withTimes(Duration.ofMillis(1), Duration.ofNanos(100_000));

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "METRICS_SCRAPE_INTERVAL", "100ms",
          "ERGANE_LAME_DUCK", "1ms");

  private final Path folder;
  private final Path manifests;
  private final EventLoopGroup threads = EngineThreads.start(1);
  private final Map<String, SimulatedEngine> engines = new LinkedHashMap<>();
  private final List<String> pods = new ArrayList<>();
  private final Web web = new Web();
  private io.ergane.cli.@Nullable Gateway running;

  private Gateway(Path folder) throws IOException {
    this.folder = folder;
    this.manifests = Files.createDirectories(folder.resolve("manifests"));
  }

  static Gateway in(Path folder) throws IOException {
    return new Gateway(folder);
  }

  /** Adds a fast engine for a model behind the ModelServer that selects {@code app}. */
  Gateway engine(String name, String app, String model) throws IOException {
    return engine(EngineSettings.vllm(name, model).withModel(QUICK), app);
  }

  /** Adds an engine and its pod, on any free port of an address that is the engine's own. */
  Gateway engine(EngineSettings settings, String app) throws IOException {
    String address = "127.0.3." + (engines.size() + 1);
    SimulatedEngine engine = SimulatedEngine.start(settings.withAddress(address, 0), threads);
    engines.put(settings.name(), engine);
    pods.add(Manifests.pod(settings.name(), app, engine.url()));
    return manifest("pods.yaml", pods.toArray(String[]::new));
  }

  /** Writes documents to a file of the manifests' folder, in place of what it held. */
  Gateway manifest(String file, String... documents) throws IOException {
    replace(manifests.resolve(file), Manifests.all(documents));
    return this;
  }

  /** Writes a file so that no reader sees half of it. */
  static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  Path manifestFile(String file) {
    return manifests.resolve(file);
  }

  /** Writes a router configuration; name it with {@code --config} at the start. */
  Path configuration(String text) throws IOException {
    Path file = folder.resolve("routerConfiguration.yaml");
    replace(file, text);
    return file;
  }

  /** Starts the router and waits until it says that it is ready. */
  Gateway start(String... options) {
    running = Router.start(options(options), sources(), environment());
    return awaitReady();
  }

  /** The same through an Envoy, which is a child of this process. */
  Gateway startWithEnvoy(String... options) throws InterruptedException {
    EnvoyOptions envoy =
        EnvoyOptions.parse(
            "--envoy=" + Part.ENVOY.locate().orElseThrow(), "--xds-port=0", "--ext-proc-port=0");
    running = EnvoyGateway.start(options(options), envoy, sources(), environment());
    return awaitReady();
  }

  private static RouterOptions options(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("--host=127.0.0.1", "--debug-port=0", "--metrics-port=0", "--threads=2"));
    if (Arrays.stream(options).noneMatch(option -> option.startsWith("--port="))) {
      all.add("--port=0");
    }
    all.addAll(List.of(options));
    return RouterOptions.parse(all.toArray(String[]::new));
  }

  private List<Source> sources() {
    return List.of(new ManifestFiles(List.of(manifests), FileLimits.DEFAULT));
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>(ENVIRONMENT);
    environment.put("ACCESS_LOG_OUTPUT", folder.resolve("access.log").toString());
    return environment;
  }

  private Gateway awaitReady() {
    await().atMost(PATIENCE).until(() -> web.get(url() + "/readyz").statusCode() == 200);
    return this;
  }

  io.ergane.cli.Gateway running() {
    return Objects.requireNonNull(running, "not started");
  }

  Router router() {
    return (Router) running();
  }

  EnvoyGateway envoy() {
    return (EnvoyGateway) running();
  }

  SimulatedEngine engine(String name) {
    return Objects.requireNonNull(engines.get(name), name);
  }

  Map<String, SimulatedEngine> engines() {
    return engines;
  }

  Web web() {
    return web;
  }

  String url() {
    return "http://127.0.0.1:" + running().port();
  }

  String chatUrl() {
    return url() + "/v1/chat/completions";
  }

  /** A chat request that is not streamed. */
  HttpResponse<String> chat(String model, String prompt, String... headers)
      throws IOException, InterruptedException {
    return web.post(chatUrl(), Chats.body(model, prompt), headers);
  }

  /** The metrics of the router. */
  Samples metrics() throws IOException, InterruptedException {
    return Samples.parse(admin("/metrics").body());
  }

  HttpResponse<String> admin(String path) throws IOException, InterruptedException {
    return web.get("http://127.0.0.1:" + running().adminPort() + path);
  }

  JsonNode debug(String path) throws IOException, InterruptedException {
    return JSON.readTree(admin(path).body());
  }

  /** Lines written so far; they come a little after the answers. */
  String accessLog() throws IOException {
    return Files.readString(folder.resolve("access.log"));
  }

  /** Errors and warnings in force, as they are printed. */
  List<String> diagnostics() {
    return running().dataplane().state().compilation().diagnostics().stream()
        .map(Object::toString)
        .toList();
  }

  /** Waits until no client's request is being served and no engine works. */
  void awaitIdle() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(running().inFlight()).as("requests in flight").isZero();
          assertThat(running().dataplane().state().watched())
              .allSatisfy(endpoint ->
                  assertThat(running().dataplane().board().inFlight(endpoint.slot()))
                      .as("in flight at %s", endpoint.endpoint())
                      .isZero());
          for (SimulatedEngine engine : engines.values()) {
            assertThat(engine.state().running()).as("running in %s", engine.name()).isZero();
            assertThat(engine.state().waiting()).as("waiting in %s", engine.name()).isZero();
          }
        });
  }

  @Override
  public void close() {
    try {
      if (running != null) awaitIdle();
    } finally {
      web.close();
      if (running != null) running.close();
      engines.values().forEach(SimulatedEngine::close);
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
    }
  }
}
