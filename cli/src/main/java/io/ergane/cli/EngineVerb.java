package io.ergane.cli;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.Flavour;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineConfig;
import io.netty.channel.EventLoopGroup;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "engine",
    description = {
      "Runs simulated engines: the HTTP endpoints and metrics of vLLM or SGLang over a model of their"
          + " scheduler and KV cache. POST /sim/faults injects faults, GET /sim/state shows what is"
          + " going on."
    },
    sortOptions = false)
final class EngineVerb implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "Qwen/Qwen3-8B",
      description = "Served model names (default ${DEFAULT-VALUE}).")
  List<String> models = new ArrayList<>();

  @Option(names = "--lora", paramLabel = "NAME", description = "Adapters loaded from the start.")
  List<String> adapters = new ArrayList<>();

  @Option(
      names = "--flavour",
      paramLabel = "NAME",
      defaultValue = "vllm",
      description = "Whose names: vllm or sglang (default ${DEFAULT-VALUE}).")
  Flavour flavour = Flavour.VLLM;

  @Option(
      names = "--count",
      defaultValue = "1",
      paramLabel = "N",
      description = "Engines, on 127.0.1.1, 127.0.1.2, … (default ${DEFAULT-VALUE}).")
  int count;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address instead of 127.0.1.x; with --count 1.")
  @Nullable String host;

  @Option(
      names = "--port",
      defaultValue = "8000",
      paramLabel = "PORT",
      description = "Port of every engine (default ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--preset",
      defaultValue = "fast",
      paramLabel = "NAME",
      description =
          "fast: a token a millisecond; calibrated: a GPU replica with a 7B model (default"
              + " ${DEFAULT-VALUE}).")
  String preset = "fast";

  @Option(names = "--ttft-ms", paramLabel = "MS", description = "Time to first token.")
  @Nullable Long ttft;

  @Option(names = "--itl-ms", paramLabel = "MS", description = "Time between tokens.")
  @Nullable Long itl;

  @Option(names = "--max-sequences", paramLabel = "N", description = "Requests running at once.")
  @Nullable Integer maxSequences;

  @Option(names = "--api-key", paramLabel = "KEY", description = "Bearer token that is wanted.")
  @Nullable String apiKey;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (count < 1 || count > 250 || (host != null && count != 1)) {
      throw UserError.ofCommandLine(
          "--count is " + count + "; 1 to 250 is accepted, and 1 where --host is given.");
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    EventLoopGroup threads = EngineThreads.start(1);
    List<SimulatedEngine> engines = new ArrayList<>();
    try {
      for (int i = 1; i <= count; i++) {
        engines.add(start(i, threads));
      }
      engines.forEach(engine -> out.printf("%s listens on %s%n", engine.name(), engine.url()));
      awaitSignal();
    } finally {
      engines.forEach(SimulatedEngine::close);
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }
    return ExitCode.OK;
  }

  private SimulatedEngine start(int number, EventLoopGroup threads) {
    EngineSettings settings =
        EngineSettings.vllm("engine-" + number, models.toArray(String[]::new))
            .withFlavour(flavour)
            .withAddress(host == null ? "127.0.1." + number : host, port)
            .withLoras(adapters.toArray(String[]::new))
            .withModel(speed());
    settings = apiKey == null ? settings : settings.withApiKey(apiKey);
    try {
      return SimulatedEngine.start(settings, threads);
    } catch (Exception e) { // Netty throws its checked ones undeclared
      throw Binding.failed(
          "engine-%d on %s:%d".formatted(number, settings.host(), port),
          e,
          "Choose another --port or --host.");
    }
  }

  private EngineConfig speed() {
    EngineConfig config =
        switch (preset) {
          case "fast" -> EngineConfig.fast();
          case "calibrated" -> EngineConfig.calibrated();
          default ->
              throw UserError.ofCommandLine(
                  "--preset is '" + preset + "'; fast or calibrated is accepted.");
        };
    if (ttft != null || itl != null) {
      config =
          config.withTimes(
              Duration.ofMillis(ttft == null ? 20 : ttft),
              Duration.ofMillis(itl == null ? 5 : itl));
    }
    return maxSequences == null ? config : config.withMaxSequences(maxSequences);
  }

  private static void awaitSignal() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(over::countDown, "shutdown"));
    over.await();
  }
}
