package io.ergane.dataplane.signals;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.MetricDialect;
import io.ergane.core.engine.MetricDialects;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/** A watch with short intervals whose sink and listener remember everything. */
final class WatchFixture implements AutoCloseable, SignalSink, ScrapeListener {

  record Sample(int slot, EngineSample sample, float ttft, float tpot) {}

  record Failed(Page page, ScrapeFailure reason) {}

  static final MetricDialect VLLM = MetricDialects.named("vLLM").orElseThrow();

  /** Intervals of a test's patience; a deadline that a busy machine keeps. */
  static final WatchSettings QUICK = settings(Duration.ofSeconds(20));

  /** As {@link #QUICK}, for engines that hang. */
  static final WatchSettings IMPATIENT = settings(Duration.ofSeconds(1));

  final List<Sample> samples = new CopyOnWriteArrayList<>();
  final Map<Integer, Set<String>> models = new ConcurrentHashMap<>();
  final List<Failed> failures = new CopyOnWriteArrayList<>();
  final AtomicInteger scraped = new AtomicInteger();
  final AtomicInteger unreadable = new AtomicInteger();
  final EngineWatch watch;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  WatchFixture() throws SSLException {
    this(QUICK);
  }

  WatchFixture(WatchSettings settings) throws SSLException {
    this(settings, SslContextBuilder.forClient().build());
  }

  WatchFixture(WatchSettings settings, SslContext tls) {
    watch =
        new EngineWatch(
            new EngineWatch.Network(group, () -> tls), settings, this, this, System::nanoTime, 7);
  }

  static Target target(int slot, FakeEngine engine) {
    return Target.of(slot, "127.0.0.1", engine.port(), VLLM);
  }

  private static WatchSettings settings(Duration deadline) {
    return new WatchSettings(
        Duration.ofMillis(60), Duration.ofMillis(120), deadline, 4, 20_000, 1024);
  }

  long samplesOf(int slot) {
    return samples.stream().filter(sample -> sample.slot() == slot).count();
  }

  @Override
  public void sample(int slot, EngineSample sample, float ttft, float tpot, long now) {
    samples.add(new Sample(slot, sample, ttft, tpot));
  }

  @Override
  public void models(int slot, Set<String> names) {
    models.put(slot, names);
  }

  @Override
  public void scraped(Target target, Page page, long nanos) {
    scraped.incrementAndGet();
  }

  @Override
  public void failed(Target target, Page page, ScrapeFailure reason) {
    failures.add(new Failed(page, reason));
  }

  @Override
  public void unreadable(Target target, int lines) {
    unreadable.addAndGet(lines);
  }

  @Override
  public void close() {
    watch.close();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
