package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.dataplane.image.ControlPlaneAddress;
import io.ergane.dataplane.image.ImageNode;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.testkit.Ports;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A control plane and those who follow it, each with ports of its own. */
class PartsOfTheSystemTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> ENVIRONMENT =
      Map.of("ACCESS_LOG_ENABLED", "false", "ERGANE_LAME_DUCK", "1ms");

  @TempDir Path folder;

  private final EventLoopGroup threads = EngineThreads.start(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private SimulatedEngine engine;

  @BeforeEach
  void start() throws IOException {
    engine =
        SimulatedEngine.start(
            EngineSettings.vllm("engine", "m").withAddress("127.0.0.1", 0), threads);
    declare("chat");
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    engine.close();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }

  /** Writes a route of that name to the pool, and the pool. */
  private void declare(String route) throws IOException {
    String text =
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec:
          modelName: %1$s
          rules: [{name: r, targetModels: [{modelServerName: m}]}]
        ---
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ModelServer
        metadata: {name: m}
        spec:
          model: m
          inferenceEngine: vLLM
          workloadSelector: {matchLabels: {app: m}}
          workloadPort: {port: 8000}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: m-0
          labels: {app: m}
          annotations: {ergane.io/endpoint: "%2$s"}
        status: {podIP: 127.0.0.1}
        """
            .formatted(route, engine.url());
    Path fresh = Files.writeString(folder.resolve("new"), text);
    Files.move(fresh, folder.resolve("routes.yaml"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static <T> T parsed(T options, String... arguments) {
    return CommandLine.populateCommand(options, arguments);
  }

  private static PageOptions anyPorts() {
    return parsed(new PageOptions(), "--debug-port=0", "--metrics-port=0");
  }

  private ControlPlaneProcess controlPlane(int port) {
    FileImages files =
        new FileImages(
            List.of(new ManifestFiles(List.of(folder.resolve("routes.yaml")), FileLimits.DEFAULT)),
            null);
    return ControlPlaneProcess.start(
        files,
        XdsSettings.DEFAULT.at("127.0.0.1", port),
        EnvoySettings.DEFAULT,
        anyPorts(),
        ENVIRONMENT);
  }

  private static Router proxy(int xdsPort) {
    ControlPlaneAddress address = new ControlPlaneAddress("127.0.0.1", xdsPort, null);
    return Router.start(
        new XdsImages(address, new ImageNode("proxy-1", "ergane-proxy", "1")),
        parsed(new ListenerOptions(), "--port=0", "--host=127.0.0.1"),
        anyPorts(),
        parsed(new SchedulingOptions(), "--threads=1"),
        ENVIRONMENT);
  }

  private int chat(Router proxy, String model) throws IOException, InterruptedException {
    String body =
        """
        {"model":"%s","messages":[{"role":"user","content":"Hello"}]}\
        """
            .formatted(model);
    URI uri = URI.create("http://127.0.0.1:" + proxy.port() + "/v1/chat/completions");
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private JsonNode page(int adminPort, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    return new ObjectMapper()
        .readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Test
  void aProxyServesWhatTheControlPlaneCompiledAndFollowsItsChanges() throws Exception {
    try (ControlPlaneProcess controlPlane = controlPlane(0);
        Router proxy = proxy(controlPlane.port())) {
      await().atMost(PATIENCE).until(() -> chat(proxy, "chat") == 200);
      assertThat(proxy.dataplane().state().image())
          .isEqualTo(controlPlane.rollout().told().image());
      JsonNode stream = page(proxy.adminPort(), "/debug/stream");
      assertThat(stream.path("connected").asBoolean()).isTrue();
      assertThat(stream.path("image").asText())
          .isEqualTo(controlPlane.rollout().told().image().hash());

      declare("assistant");

      await().atMost(PATIENCE).until(() -> chat(proxy, "assistant") == 200);
      assertThat(chat(proxy, "chat")).isEqualTo(404);
    }
  }

  @Test
  void aProxyKeepsServingWithoutItsControlPlaneAndCatchesUpWhenItIsBack() throws Exception {
    int port = Ports.free();
    ControlPlaneProcess controlPlane = controlPlane(port);
    try (Router proxy = proxy(port)) {
      await().atMost(PATIENCE).until(() -> chat(proxy, "chat") == 200);

      controlPlane.close();

      int admin = proxy.adminPort();
      await()
          .atMost(PATIENCE)
          .until(() -> !page(admin, "/debug/stream").path("connected").asBoolean());
      assertThat(chat(proxy, "chat")).isEqualTo(200);

      declare("assistant");
      controlPlane = controlPlane(port);
      await().atMost(PATIENCE).until(() -> chat(proxy, "assistant") == 200);
    } finally {
      controlPlane.close();
    }
  }

  @Test
  void theStatusNamesEachNodeAndWhatItRuns() throws Exception {
    try (ControlPlaneProcess controlPlane = controlPlane(0);
        Router proxy = proxy(controlPlane.port())) {
      await().atMost(PATIENCE).until(() -> chat(proxy, "chat") == 200);
      String admin = "http://127.0.0.1:" + controlPlane.pages().admin().port();

      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(run("xds", "status", "--admin", admin))
                  .contains("proxy-1", "proxy", "live on 1 of 1 nodes")
                  .doesNotContain("waiting", "rejected"));
      assertThat(run("xds", "status", "--json", "--admin", admin)).contains("\"id\" : \"proxy-1\"");
      assertThat(run("xds", "status", "--admin", "http://127.0.0.1:" + proxy.adminPort()))
          .contains("is an Ergane without nodes");
    }
  }

  @Test
  void aSchedulerOfItsOwnBecomesReadyWithTheControlPlanesImage() throws Exception {
    try (ControlPlaneProcess controlPlane = controlPlane(0)) {
      ControlPlaneAddress address = new ControlPlaneAddress("127.0.0.1", controlPlane.port(), null);
      try (ExtProcProcess scheduler =
          ExtProcProcess.start(
              new XdsImages(address, new ImageNode("ext-proc-1", "ergane-ext-proc", "1")),
              parsed(new ExtProcOptions(), "--port=0", "--health-port=-1", "--host=127.0.0.1"),
              anyPorts(),
              parsed(new SchedulingOptions(), "--threads=1"),
              ENVIRONMENT)) {
        int admin = scheduler.pages().admin().port();
        await()
            .atMost(PATIENCE)
            .until(() ->
                page(admin, "/debug/endpoints").toString().contains(engine.url().substring(7)));
        assertThat(scheduler.port()).isPositive();
        assertThat(scheduler.inFlight()).isZero();
      }
    }
  }

  private static String run(String... args) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text, true);
    new CommandLineShell(Verbs.ALL, writer, writer).run(args);
    return text.toString();
  }
}
