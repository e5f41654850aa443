package io.ergane.cli;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineConfig;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Three simulated engines on loopback addresses and the manifests that go with them. Another
 * demonstration on the same machine, or a server that has taken the port, moves all three to the
 * next port.
 */
final class Demo implements AutoCloseable {
  private static final String QWEN = "Qwen/Qwen3-8B";
  private static final String DEEPSEEK = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B";
  private static final int LAST_PORT = QuickstartFile.PORT + 15;
  private static final EngineConfig SPEED =
      EngineConfig.fast().withTimes(Duration.ofMillis(40), Duration.ofMillis(15));

  private final List<Path> manifests = new ArrayList<>();
  private final List<SimulatedEngine> engines = new ArrayList<>();
  private final @Nullable EventLoopGroup threads;

  private Demo(@Nullable EventLoopGroup threads) {
    this.threads = threads;
  }

  static Demo none() {
    return new Demo(null);
  }

  /**
   * Starts the engines and writes the manifests.
   *
   * @param folder of the manifests
   * @throws UserError when no port is free or the folder cannot be written
   */
  static Demo start(Path folder) {
    Demo demo = new Demo(EngineThreads.start(1));
    try {
      demo.manifests.add(QuickstartFile.write(folder, demo.startEngines()));
    } catch (UserError e) {
      demo.close();
      throw e;
    }
    return demo;
  }

  /** Starts all engines on the first port that is free on their addresses, and returns it. */
  private int startEngines() {
    Exception cause = new IllegalStateException();
    for (int port = QuickstartFile.PORT; port <= LAST_PORT; port++) {
      try {
        engine(1, port, QWEN);
        engine(2, port, QWEN, "sql-expert");
        engine(3, port, DEEPSEEK);
        return port;
      } catch (Exception e) { // Netty throws its checked ones undeclared
        cause = e;
        stopEngines();
      }
    }
    throw Binding.failed(
        "three simulated engines on 127.0.1.1 to 127.0.1.3, ports %d to %d,"
            .formatted(QuickstartFile.PORT, LAST_PORT),
        cause,
        "Stop what listens there, or name your own engines with -f or --backend.");
  }

  private void engine(int number, int port, String model, String... adapters) {
    EngineSettings settings =
        EngineSettings.vllm("engine-" + number, model)
            .withAddress("127.0.1." + number, port)
            .withLoras(adapters)
            .withModel(SPEED);
    engines.add(SimulatedEngine.start(settings, Objects.requireNonNull(threads)));
  }

  private void stopEngines() {
    engines.forEach(SimulatedEngine::close);
    engines.clear();
  }

  /** The manifest files; empty when nothing is demonstrated. */
  List<Path> manifests() {
    return manifests;
  }

  @Override
  public void close() {
    stopEngines();
    if (threads != null) {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }
  }
}
