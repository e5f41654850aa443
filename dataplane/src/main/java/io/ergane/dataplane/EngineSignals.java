package io.ergane.dataplane;

import io.ergane.api.InferenceEngine;
import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.MetricDialect;
import io.ergane.core.engine.MetricDialects;
import io.ergane.core.routing.Endpoint;
import io.ergane.dataplane.signals.EngineWatch;
import io.ergane.dataplane.signals.Page;
import io.ergane.dataplane.signals.ScrapeFailure;
import io.ergane.dataplane.signals.ScrapeListener;
import io.ergane.dataplane.signals.SignalSink;
import io.ergane.dataplane.signals.Target;
import io.ergane.dataplane.signals.WatchSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an {@link EngineWatch} on every endpoint of a data plane: what engines say goes to the
 * board, an answer ends an ejection, a refused connection counts as a failure.
 */
public final class EngineSignals implements AutoCloseable {
  private final Dataplane dataplane;
  private final EngineWatch watch;
  private final @Nullable String apiKey;

  /**
   * @param apiKey sent to engines as bearer token; null sends none
   */
  public EngineSignals(
      Dataplane dataplane,
      EngineWatch.Network network,
      WatchSettings settings,
      @Nullable String apiKey,
      MeterRegistry registry,
      long seed) {
    this.dataplane = dataplane;
    this.apiKey = apiKey;
    watch =
        new EngineWatch(
            network, settings, new Sink(), new Listener(registry), dataplane::now, seed);
    dataplane.onChange(this::follow);
  }

  private void follow(Dataplane.State state) {
    if (dataplane.isTold()) {
      watch.watch(state.watched().stream().map(this::target).toList());
    }
  }

  private Target target(Dataplane.Watched watched) {
    Endpoint endpoint = watched.endpoint();
    Target target =
        Target.of(
                watched.slot(), endpoint.host(), endpoint.port(), dialect(watched.pool().engine()))
            .withAddress(endpoint.address());
    target = endpoint.tls() ? target.withTls() : target;
    return apiKey == null ? target : target.withApiKey(apiKey);
  }

  /**
   * vLLM is also what is declared for engines whose kind nobody told, so there every dialect is
   * understood; the names of their series do not collide.
   */
  private static MetricDialect dialect(InferenceEngine engine) {
    return engine == InferenceEngine.VLLM
        ? MetricDialects.any()
        : MetricDialects.named(engine.text()).orElseGet(MetricDialects::any);
  }

  /** Completes when each endpoint of the first image has answered or failed once. */
  public CompletableFuture<Void> firstCycleDone() {
    return watch.firstCycleDone();
  }

  @Override
  public void close() {
    watch.close();
  }

  /** Takes samples to the board and the cache sizes to the prefix indexes. */
  private final class Sink implements SignalSink {
    private final SignalSink board = SignalSink.into(dataplane.board());

    @Override
    public void sample(int slot, EngineSample sample, float ttft, float tpot, long now) {
      board.sample(slot, sample, ttft, tpot, now);
      if (sample.kvCapacityTokens() > 0) {
        for (PoolRuntime pool : dataplane.state().pools().values()) {
          if (pool.has(slot)) {
            pool.kvCapacity(slot, sample.kvCapacityTokens());
          }
        }
      }
    }

    @Override
    public void models(int slot, Set<String> names) {
      board.models(slot, names);
    }
  }

  /** Counts scrapes and tells passive health of them. */
  private final class Listener implements ScrapeListener {
    private final Counter scraped;
    private final Map<ScrapeFailure, Counter> failed = new EnumMap<>(ScrapeFailure.class);

    Listener(MeterRegistry registry) {
      scraped =
          Counter.builder("ergane_engine_scrapes")
              .description("Pages read from engines.")
              .tag("outcome", "ok")
              .register(registry);
      for (ScrapeFailure reason : ScrapeFailure.values()) {
        failed.put(
            reason,
            Counter.builder("ergane_engine_scrapes")
                .description("Pages read from engines.")
                .tag("outcome", reason.label())
                .register(registry));
      }
    }

    @Override
    public void scraped(Target target, Page page, long nanos) {
      scraped.increment();
      synchronized (dataplane.health()) {
        dataplane.health().probed(target.slot(), dataplane.now());
      }
    }

    @Override
    public void failed(Target target, Page page, ScrapeFailure reason) {
      java.util.Objects.requireNonNull(failed.get(reason)).increment();
      if (reason == ScrapeFailure.CONNECT) {
        synchronized (dataplane.health()) {
          dataplane.health().failed(target.slot(), dataplane.now());
        }
      }
    }
  }
}
