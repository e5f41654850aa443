package io.ergane.cli;

import io.ergane.controllers.files.Backends;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.source.Source;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * Starts a whole gateway on ports of its own, then a control plane and a scheduler for Envoys, asks
 * each of them some and stops: what the JVM loads and links on the way is what a start-up cache
 * should hold.
 */
@Command(name = "train", description = "Makes the start-up cache's training run.")
final class TrainVerb implements Callable<Integer> {
  private static final int REQUESTS = 200;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Path manifests = Files.createTempFile("ergane-train", ".yaml");
    Files.write(manifests, QuickstartFile.shipped());
    EventLoopGroup threads = EngineThreads.start(1);
    RouterOptions options = new RouterOptions();
    options.listener.host = "127.0.0.1";
    options.scheduling.decisions = 16;
    Map<String, String> environment =
        Map.of("ERGANE_LAME_DUCK", "1ms", "ACCESS_LOG_OUTPUT", "stderr");
    try (SimulatedEngine engine =
            SimulatedEngine.start(EngineSettings.vllm("engine", "train"), threads);
        Router router = Router.start(options, sources(manifests, engine), environment)) {
      requests(router.proxy().port(), router.adminPort());
      router.drain();
      TrainEnvoys.run(sources(manifests, engine), options, environment);
    } finally {
      Files.delete(manifests);
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }
    return ExitCode.OK;
  }

  private static List<Source> sources(Path manifests, SimulatedEngine engine) {
    return List.of(
        new ManifestFiles(List.of(manifests), FileLimits.DEFAULT),
        Source.fixed(Backends.parse(List.of("train=" + engine.url()))));
  }

  private static void requests(int port, int adminPort) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String url = "http://127.0.0.1:" + port + "/v1/chat/completions";
      for (int i = 0; i < REQUESTS; i++) {
        String body =
            """
            {"model":"train","stream":%s,"messages":[{"role":"user","content":"Hello %d"}]}\
            """
                .formatted(i % 2 == 0, i);
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var _ = client.send(request, HttpResponse.BodyHandlers.discarding());
      }
      for (String page : List.of("/metrics", "/debug/endpoints", "/debug/decisions")) {
        URI uri = URI.create("http://127.0.0.1:" + adminPort + page);
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
      }
    }
  }
}
