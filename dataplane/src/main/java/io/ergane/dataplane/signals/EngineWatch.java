package io.ergane.dataplane.signals;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches engines: asks each for metrics and models on its own timer and delivers what they say to
 * a {@link SignalSink}. One slow or dead engine delays no other. Thread-safe.
 */
public final class EngineWatch implements AutoCloseable {

  /**
   * Where the watch runs.
   *
   * @param group event loops, shared with whoever else; the watch never shuts them down
   * @param tls makes what targets with TLS need; called by each event loop that has such a target
   */
  public record Network(EventLoopGroup group, Callable<SslContext> tls) {}

  private record Watched(WatchLoop loop, Probe probe) {}

  private final Network network;
  private final WatchContext context;
  private final SplittableRandom random;
  private final Map<EventLoop, WatchLoop> loops = new HashMap<>();
  private final Map<Target, Watched> watched = new LinkedHashMap<>();
  private final CompletableFuture<Void> firstCycleDone = new CompletableFuture<>();
  private boolean begun;
  private boolean closed;

  /**
   * A watch over nothing yet.
   *
   * @param clock nanoseconds, monotonic, as given to the sink
   * @param seed of the phases and jitter
   */
  public EngineWatch(
      Network network,
      WatchSettings settings,
      SignalSink sink,
      ScrapeListener listener,
      LongSupplier clock,
      long seed) {
    this.network = network;
    this.context = new WatchContext(settings, sink, listener, clock);
    this.random = new SplittableRandom(seed);
  }

  /**
   * Makes these the targets. An equal target goes on undisturbed; of one that is no longer there
   * nothing is delivered after this returns, and its connections are closed soon after. Does
   * nothing once the watch is closed.
   */
  public synchronized void watch(Collection<Target> targets) {
    if (closed) {
      return;
    }
    Set<Target> wanted = new LinkedHashSet<>(targets);
    for (Target target : List.copyOf(watched.keySet())) {
      if (!wanted.contains(target)) {
        drop(target);
      }
    }
    FirstCycle cycle = begun ? null : new FirstCycle(wanted, firstCycleDone);
    begun = true;
    for (Target target : wanted) {
      if (!watched.containsKey(target)) {
        add(target, cycle);
      }
    }
  }

  /**
   * Completes when every page of every target of the first {@link #watch} has been read or has
   * failed once, or its target was dropped. Completed by an event loop, which what hangs on it must
   * not block.
   */
  public CompletableFuture<Void> firstCycleDone() {
    return firstCycleDone.copy();
  }

  /** How the watch over each target stands, in the order they were given. */
  public synchronized List<TargetStatus> statuses() {
    long now = context.clock().getAsLong();
    List<TargetStatus> statuses = new ArrayList<>(watched.size());
    watched.values().forEach(each -> statuses.add(each.probe().status(now)));
    return statuses;
  }

  /** Drops all targets for good. */
  @Override
  public synchronized void close() {
    watch(List.of());
    closed = true;
  }

  private void add(Target target, @Nullable FirstCycle cycle) {
    EventLoop eventLoop = network.group().next();
    WatchLoop loop =
        loops.computeIfAbsent(
            eventLoop, each -> new WatchLoop(new ClientLoop(each, network.tls()), context.clock()));
    Runnable onFirstOutcome = cycle == null ? () -> {} : cycle::settled;
    var probe =
        new Probe(
            loop.clients(),
            new Probe.Surroundings(target, context, new Gate(), random.split(), onFirstOutcome));
    watched.put(target, new Watched(loop, probe));
    loop.add(probe);
  }

  private void drop(Target target) {
    Watched gone = watched.remove(target);
    if (gone != null) {
      gone.probe().closeGate();
      gone.loop().remove(gone.probe());
    }
  }
}
