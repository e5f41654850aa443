package io.ergane.xds.rollout;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.lint.EnvoyLint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings compilations to Envoys and to those who decide, make before break: a new pool is known to
 * Envoys before anyone can choose it, and one that is gone is taken from Envoys after everyone has
 * stopped choosing it. Endpoints go out at once, also while nodes are waited for. One change is
 * carried to its end before the newest is begun; waits for nodes are bounded.
 *
 * <p>Configuration that {@linkplain EnvoyLint the rules} refuse is not published: the last one that
 * passed stays, with endpoints as they are now, and the refusal is among the diagnostics. So is
 * what nodes reject. Thread-safe.
 */
public final class Rollout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Consumer<Compilation> deciders;
  private final Waits waits;
  private final Function<ResourceSet, List<Diagnostic>> rules;
  private final Object lock = new Object();
  private @Nullable Compilation newest;
  private @Nullable List<Diagnostic> rejections;
  private @Nullable Thread thread;
  private @Nullable RejectionWatch watch;
  private boolean closed;
  private volatile Compilation told = Compilation.EMPTY;

  /**
   * How long to wait.
   *
   * @param nodes longest wait for nodes to run what was published
   * @param grace between an Envoy's running a new pool and the first choice of it, since Envoy
   *     routes a request by the table that was in force when its head came; and between the last
   *     choice of a pool that is gone and its removal from Envoys
   */
  record Waits(Duration nodes, Duration grace) {
    static final Waits DEFAULT = new Waits(Duration.ofSeconds(2), Duration.ofMillis(500));
  }

  /**
   * @param deciders takes each compilation when it may be decided by, with what Envoys make of it
   *     among its diagnostics; called by one thread at a time
   */
  public Rollout(Consumer<Compilation> deciders) {
    this(deciders, Waits.DEFAULT, EnvoyLint::diagnose);
  }

  /**
   * @param rules name what a configuration of Envoys breaches; empty when it may be published
   */
  Rollout(
      Consumer<Compilation> deciders, Waits waits, Function<ResourceSet, List<Diagnostic>> rules) {
    this.deciders = deciders;
    this.waits = waits;
    this.rules = rules;
  }

  /** Takes a compilation. Before {@link #serve} it is decided by when this returns. */
  public void accept(Compilation compilation) {
    synchronized (lock) {
      newest = compilation;
      lock.notifyAll();
      if (thread == null) {
        tell(compilation);
      }
    }
  }

  /**
   * Publishes what was accepted last before it returns, and from now on what will be. Called once.
   *
   * @param server must be closed after this rollout
   */
  public void serve(XdsServer server, EnvoySettings settings) {
    synchronized (lock) {
      Compilation first = newest == null ? Compilation.EMPTY : newest;
      newest = null;
      Stages stages = new Stages(first, settings, waits, rules);
      stages.open().forEach(effect -> carryOut(effect, server));
      watch = new RejectionWatch(server, this::reject);
      thread = Thread.ofPlatform().name("ergane-rollout").start(() -> run(stages, server));
    }
  }

  /** Has what nodes reject among the diagnostics from now on. */
  void reject(List<Diagnostic> now) {
    synchronized (lock) {
      rejections = now;
      lock.notifyAll();
    }
  }

  /** What is decided by, with what Envoys make of it among its diagnostics. */
  public Compilation told() {
    return told;
  }

  private void run(Stages stages, XdsServer server) {
    try {
      while (await(stages.nanosToNext(System.nanoTime()))) {
        turn(stages, server);
      }
    } catch (InterruptedException e) {
      LOG.debug("The rollout ends");
    }
  }

  /** Returns when something came in or the time is over; false when the rollout is closed. */
  private boolean await(long nanos) throws InterruptedException {
    synchronized (lock) {
      if (!closed && newest == null && rejections == null) {
        TimeUnit.NANOSECONDS.timedWait(lock, nanos);
      }
      return !closed;
    }
  }

  private void turn(Stages stages, XdsServer server) {
    Compilation accepted;
    List<Diagnostic> rejected;
    synchronized (lock) {
      accepted = newest;
      newest = null;
      rejected = rejections;
      rejections = null;
    }
    if (rejected != null) {
      carryOut(() -> stages.reject(rejected), server);
    }
    if (accepted != null) {
      carryOut(() -> stages.accept(accepted), server);
    }
    carryOut(() -> stages.advance(lag(stages, server), System.nanoTime()), server);
  }

  private static Lag lag(Stages stages, XdsServer server) {
    return stages.waitsForNodes() ? Lag.of(server.status()) : Lag.NONE;
  }

  private void carryOut(Supplier<List<Effect>> step, XdsServer server) {
    try {
      step.get().forEach(effect -> carryOut(effect, server));
    } catch (RuntimeException e) {
      LOG.error("A change could not be published; what was published before stays", e);
    }
  }

  private void carryOut(Effect effect, XdsServer server) {
    switch (effect) {
      case Effect.Publish all -> server.publish(all.resources());
      case Effect.PublishEndpoints some -> server.publishEndpoints(some.changed(), List.of());
      case Effect.Tell tell -> tell(tell.compilation());
      case Effect.GoOnWithout late ->
          LOG.warn(
              "{} nodes do not run the newest configuration yet; it goes on without them",
              late.nodes());
      case Effect.Report report -> log(report.breaches());
    }
  }

  private void tell(Compilation compilation) {
    told = compilation;
    deciders.accept(compilation);
  }

  private static void log(List<Diagnostic> breaches) {
    if (breaches.isEmpty()) {
      LOG.info("mended: Envoy's configuration keeps the rules again");
      return;
    }
    LOG.error(
        "A change is not published and what was published before stays, because Ergane made"
            + " configuration for Envoy that breaks its own rules. This is a defect of Ergane:"
            + " report it with these lines.");
    breaches.forEach(each -> LOG.error("{}", each));
  }

  /** Ends the thread. What is published stays. */
  @Override
  public void close() {
    Thread running;
    RejectionWatch watching;
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
      running = thread;
      watching = watch;
    }
    if (watching != null) {
      watching.close();
    }
    try {
      if (running != null && !running.join(CLOSING)) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
