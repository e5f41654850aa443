package io.ergane.benchmarks;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.MetricDialect;
import io.ergane.core.engine.MetricDialects;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.Page;
import io.ergane.dataplane.signals.ScrapeFailure;
import io.ergane.dataplane.signals.ScrapeListener;
import io.ergane.dataplane.signals.SignalSink;
import io.ergane.dataplane.signals.Target;
import io.ergane.dataplane.signals.WatchSettings;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What it costs to watch many idle engines: CPU time of a process that does nothing else, as a
 * share of one core.
 *
 * <pre>
 * java -cp … io.ergane.benchmarks.EngineWatchCost engines PORT BYTES
 * java -cp … io.ergane.benchmarks.EngineWatchCost watch PORT COUNT SECONDS
 * </pre>
 *
 * The first process answers as any number of engines, one a loopback address; the second watches
 * COUNT of them with the default settings, on one event loop, and prints a line every SECONDS. The
 * first lines hold the JVM's warming up.
 */
public final class EngineWatchCost {

  private static final int LINES = 12;
  private static final MetricDialect VLLM = MetricDialects.named("vLLM").orElseThrow();

  private EngineWatchCost() {}

  /** Runs one of the two. */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    if (args[0].equals("engines")) {
      IdleEngines.serve(port, Expositions.vllm(Integer.parseInt(args[2])));
    } else {
      watch(port, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    }
  }

  private static void watch(int port, int count, int seconds) throws Exception {
    var tally = new Tally();
    var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    var network = new EngineWatch.Network(group, () -> SslContextBuilder.forClient().build());
    try (var watch =
        new EngineWatch(network, WatchSettings.DEFAULT, tally, tally, System::nanoTime, 1)) {
      watch.watch(targets(port, count));
      for (int line = 0; line < LINES; line++) {
        long cpu = cpuNanos();
        long wall = System.nanoTime();
        tally.reset();
        TimeUnit.SECONDS.sleep(seconds);
        double share = (double) (cpuNanos() - cpu) / (System.nanoTime() - wall);
        System.out.printf(
            Locale.ROOT,
            "%.2f %% of a core, %d scrapes, %d model lists, %d failures%n",
            100 * share,
            tally.samples.sum(),
            tally.models.sum(),
            tally.failures.sum());
      }
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static List<Target> targets(int port, int count) {
    List<Target> targets = new ArrayList<>();
    for (int slot = 0; slot < count; slot++) {
      String host = "127.0.%d.%d".formatted(1 + slot / 250, 1 + slot % 250);
      targets.add(Target.of(slot, host, port, VLLM));
    }
    return targets;
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static final class Tally implements SignalSink, ScrapeListener {

    private final LongAdder samples = new LongAdder();
    private final LongAdder models = new LongAdder();
    private final LongAdder failures = new LongAdder();

    void reset() {
      samples.reset();
      models.reset();
      failures.reset();
    }

    @Override
    public void sample(int slot, EngineSample sample, float ttft, float tpot, long now) {
      samples.increment();
    }

    @Override
    public void models(int slot, Set<String> names) {
      models.increment();
    }

    @Override
    public void failed(Target target, Page page, ScrapeFailure reason) {
      failures.increment();
    }
  }
}
