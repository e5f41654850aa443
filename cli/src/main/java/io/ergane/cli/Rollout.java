package io.ergane.cli;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import io.ergane.xds.translate.lint.EnvoyLint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings compilations to Envoys and to those who decide, make before break: a new pool is known to
 * Envoys before anyone can choose it, and one that is gone is taken from Envoys after everyone has
 * stopped choosing it. Endpoints go out at once. One change is carried to its end before the newest
 * is begun; waits for nodes are bounded.
 *
 * <p>Configuration that {@linkplain EnvoyLint the rules} refuse is not published: the last one that
 * passed stays, with endpoints as they are now, and the refusal is among the diagnostics.
 */
final class Rollout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Consumer<Compilation> deciders;
  private final Waits waits;
  private final LintGate gate;
  private final Thread thread = Thread.ofPlatform().name("ergane-rollout").unstarted(this::run);
  private final Object lock = new Object();
  private @Nullable Compilation next;
  private @Nullable Target target;
  private List<Diagnostic> rejections = List.of();
  private boolean retell;
  private boolean closed;
  private volatile Compilation told = Compilation.EMPTY;
  private Compilation current = Compilation.EMPTY;
  private boolean published;

  /** Whom images are published to, once there is a server. */
  private record Target(XdsServer server, EnvoySettings settings) {}

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
  Rollout(Consumer<Compilation> deciders, Waits waits) {
    this(deciders, waits, new LintGate(EnvoyLint::diagnose));
  }

  Rollout(Consumer<Compilation> deciders, Waits waits, LintGate gate) {
    this.deciders = deciders;
    this.waits = waits;
    this.gate = gate;
  }

  /** Takes a compilation. Before {@link #serve} it is decided by when this returns. */
  void accept(Compilation compilation) {
    synchronized (lock) {
      if (target != null) {
        next = compilation;
        lock.notifyAll();
        return;
      }
      current = compilation;
      tell(compilation);
    }
  }

  /** From now on, publishes what was accepted last and what will be. Called once. */
  void serve(XdsServer server, EnvoySettings settings) {
    synchronized (lock) {
      ResourceSet envoys = envoys(current, settings);
      if (gate.passes(List.of(envoys))) {
        server.publish(both(envoys, current));
        published = true;
      }
      target = new Target(server, settings);
      retell = !findings(current, settings).isEmpty();
    }
    thread.start();
  }

  /** Adds what nodes reject to the diagnostics. */
  void rejections(List<Diagnostic> now) {
    synchronized (lock) {
      rejections = List.copyOf(now);
      retell = true;
      lock.notifyAll();
    }
  }

  /** What is decided by, with what Envoys make of it among its diagnostics. */
  Compilation told() {
    return told;
  }

  private void run() {
    try {
      while (true) {
        Compilation taken;
        Target to;
        synchronized (lock) {
          while (!closed && next == null && !retell) {
            lock.wait();
          }
          to = target;
          if (closed || to == null) {
            return;
          }
          taken = next;
          next = null;
          retell = false;
        }
        step(to, taken);
      }
    } catch (InterruptedException e) {
      LOG.debug("The rollout ends");
    }
  }

  private void step(Target to, @Nullable Compilation taken) throws InterruptedException {
    try {
      if (taken == null) {
        tell(current);
      } else if (published && taken.image().equals(current.image())) {
        gate.settle();
        endpoints(to, taken);
      } else {
        image(to, taken);
      }
    } catch (RuntimeException e) {
      LOG.error("A change could not be published; what was published before stays", e);
    }
  }

  private void endpoints(Target to, Compilation now) {
    List<Resource> changed = new ArrayList<>();
    now.endpoints()
        .forEach((pool, table) -> {
          if (!table.equals(current.endpoints().get(pool))) {
            changed.add(EnvoyTranslation.endpoints(table));
            changed.add(ImageCodec.encode(table));
          }
        });
    if (published && !changed.isEmpty()) {
      to.server().publishEndpoints(changed, List.of());
    }
    current = now;
    tell(now);
  }

  private void image(Target to, Compilation now) throws InterruptedException {
    Compilation before = published ? current : now;
    Compilation wide = withPoolsOf(before, now);
    boolean more = wide.image().pools().size() > before.image().pools().size();
    boolean fewer = wide.image().pools().size() > now.image().pools().size();
    ResourceSet during = envoys(wide, to.settings());
    ResourceSet after = fewer ? envoys(now, to.settings()) : during;
    if (!gate.passes(fewer ? List.of(during, after) : List.of(during))) {
      endpoints(to, keepingImage(now));
      return;
    }
    NodeWait nodes = new NodeWait(to.server(), waits.nodes());
    if (more) {
      to.server().publish(both(during, before));
      nodes.untilEnvoysRunIt();
      Thread.sleep(waits.grace());
    }
    to.server().publish(both(during, now));
    published = true;
    current = now;
    tell(now);
    if (fewer) {
      nodes.untilDecidersRunIt();
      Thread.sleep(waits.grace());
      to.server().publish(both(after, now));
    }
  }

  /** The image in force with what {@code now} has to say about everything else. */
  private Compilation keepingImage(Compilation now) {
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(current.endpoints());
    tables.replaceAll((pool, table) -> now.endpoints().getOrDefault(pool, table));
    return new Compilation(current.image(), tables, now.diagnostics(), current.inForce());
  }

  /** {@code now} with the pools beside its own that {@code before} has. */
  private static Compilation withPoolsOf(Compilation before, Compilation now) {
    RoutingImage image = now.image();
    SortedMap<ObjectName, Pool> pools = new TreeMap<>(before.image().pools());
    pools.putAll(image.pools());
    if (pools.size() == image.pools().size()) {
      return now;
    }
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(before.endpoints());
    tables.putAll(now.endpoints());
    RoutingImage wide =
        new RoutingImage(image.routes(), pools.values(), image.providers(), image.profile());
    return new Compilation(wide, tables, now.diagnostics(), now.inForce());
  }

  private static ResourceSet envoys(Compilation compilation, EnvoySettings settings) {
    return EnvoyTranslation.translate(compilation.image(), compilation.endpoints(), settings);
  }

  private static ResourceSet both(ResourceSet envoys, Compilation deciders) {
    return envoys.with(ImageCodec.encode(deciders).all(), List.of());
  }

  private List<Diagnostic> findings(Compilation compilation, EnvoySettings settings) {
    List<Diagnostic> found = new ArrayList<>(gate.breaches());
    found.addAll(EnvoyTranslation.diagnose(compilation.image(), compilation.endpoints(), settings));
    return found;
  }

  private void tell(Compilation compilation) {
    List<Diagnostic> diagnostics = new ArrayList<>(compilation.diagnostics());
    synchronized (lock) {
      diagnostics.addAll(rejections);
      if (target != null) {
        diagnostics.addAll(findings(compilation, target.settings()));
      }
    }
    told =
        new Compilation(
            compilation.image(), compilation.endpoints(), diagnostics, compilation.inForce());
    deciders.accept(told);
  }

  /** Ends the thread. What is published stays. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    try {
      if (thread.isAlive() && !thread.join(CLOSING)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
