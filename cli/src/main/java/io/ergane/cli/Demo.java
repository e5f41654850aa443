package io.ergane.cli;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineModel;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Three simulated engines on loopback addresses and the manifests that go with them. */
final class Demo implements AutoCloseable {
  private static final String QWEN = "Qwen/Qwen3-8B";
  private static final String DEEPSEEK = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B";
  private static final int PORT = 8000;

  private final List<Path> manifests;
  private final List<SimulatedEngine> engines = new ArrayList<>();
  private final @Nullable EventLoopGroup threads;

  private Demo(List<Path> manifests, @Nullable EventLoopGroup threads) {
    this.manifests = manifests;
    this.threads = threads;
  }

  static Demo none() {
    return new Demo(List.of(), null);
  }

  /**
   * Starts the engines and writes the manifests to a folder of the user's.
   *
   * @throws UserError when an address is taken or the folder cannot be written
   */
  static Demo start() {
    Path file = QuickstartFile.ofUser();
    Demo demo = new Demo(List.of(file), EngineThreads.start(1));
    EngineModel.Config speed =
        EngineModel.Config.fast().withTimes(Duration.ofMillis(40), Duration.ofMillis(15));
    demo.engine(1, QWEN, speed);
    demo.engine(2, QWEN, speed, "sql-expert");
    demo.engine(3, DEEPSEEK, speed);
    QuickstartFile.write(file);
    return demo;
  }

  private void engine(int number, String model, EngineModel.Config speed, String... adapters) {
    EngineSettings settings =
        EngineSettings.vllm("engine-" + number, model)
            .withAddress("127.0.1." + number, PORT)
            .withLoras(adapters)
            .withModel(speed);
    try {
      engines.add(SimulatedEngine.start(settings, java.util.Objects.requireNonNull(threads)));
    } catch (Exception e) { // Netty throws its checked ones undeclared
      close();
      throw Binding.failed(
          "simulated engine %d on 127.0.1.%d:%d".formatted(number, number, PORT),
          e,
          "Another `ergane up` or `ergane engine` seems to run: stop it, or name your own engines"
              + " with -f or --backend.");
    }
  }

  /** The manifest files; empty when nothing is demonstrated. */
  List<Path> manifests() {
    return manifests;
  }

  @Override
  public void close() {
    engines.forEach(SimulatedEngine::close);
    if (threads != null) {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }
  }
}
