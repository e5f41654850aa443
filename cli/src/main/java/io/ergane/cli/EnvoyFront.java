package io.ergane.cli;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.HostPort;
import io.ergane.extproc.ExtProcServer;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.rollout.Rejections;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.translate.EnvoyBootstrap;
import io.ergane.xds.translate.EnvoyNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Envoy that clients talk to: started, found ready, drained and stopped. */
final class EnvoyFront implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EnvoyFront.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration START = Duration.ofSeconds(30);
  private static final long LAST_ENTRIES_SECONDS = 3;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final String ACTIVE = "^http\\." + EnvoyNames.ERGANE + "\\.downstream_rq_active$";

  private final EnvoyChild child;
  private final RunFolder folder;
  private final ExtProcServer scheduler;
  private final XdsServer xds;
  private final Duration lameDuck;
  private final Duration drain;
  private volatile @Nullable EnvoyAdmin admin;
  private volatile int port;

  private EnvoyFront(
      EnvoyChild child,
      RunFolder folder,
      ExtProcServer scheduler,
      XdsServer xds,
      Map<String, String> environment) {
    this.child = child;
    this.folder = folder;
    this.scheduler = scheduler;
    this.xds = xds;
    this.lameDuck = Waits.lameDuck(environment);
    this.drain = Waits.drain(environment);
  }

  /**
   * @param controlPlanePort on loopback
   * @throws UserError when the program is no Envoy of a supported release
   */
  static EnvoyFront start(
      Path program,
      int controlPlanePort,
      RouterOptions options,
      ExtProcServer scheduler,
      XdsServer xds,
      Map<String, String> environment)
      throws IOException, InterruptedException {
    EnvoyBinary.requireSupported(program, START);
    RunFolder folder = RunFolder.open(OwnFolder.of(environment).resolve("envoy-runs"));
    EnvoyBootstrap bootstrap =
        new EnvoyBootstrap(
            NodeName.ofProcess("envoy"),
            EnvoyNames.ERGANE,
            new HostPort(LOOPBACK, controlPlanePort),
            null,
            new HostPort(LOOPBACK, 0),
            options.listener.maxConnections);
    EnvoyChild child =
        EnvoyChild.start(program, folder.path(), bootstrap, options.scheduling.threads);
    return new EnvoyFront(child, folder, scheduler, xds, environment);
  }

  /**
   * Waits until clients are served.
   *
   * @throws UserError saying what Envoy says, when it does not come to that
   */
  void awaitServing() throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!isServing()) {
      boolean late = System.nanoTime() - end >= 0;
      if (late || child.starts() > 2 || listenerIsRejected()) {
        throw new UserError(
            "Envoy does not serve%s.%n%s"
                .formatted(late ? " after " + START.toSeconds() + " s" : "", reasons()));
      }
      Thread.sleep(LOOK);
    }
  }

  private boolean isServing() throws InterruptedException {
    String address = child.adminAddress();
    if (address == null) {
      return false;
    }
    EnvoyAdmin asked = admin();
    try {
      int found = asked == null ? 0 : asked.listenerPort(EnvoyNames.ERGANE);
      if (found == 0 || asked == null || !asked.workersRun()) {
        return false;
      }
      port = found;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean listenerIsRejected() {
    return xds.nodes().stream()
        .flatMap(node -> node.types().stream())
        .anyMatch(type -> type.type().equals(TypeUrl.LISTENER) && !type.rejected().isEmpty());
  }

  private String reasons() {
    List<Diagnostic> rejections = Rejections.of(xds.nodes());
    String said =
        rejections.isEmpty()
            ? String.join("\n  ", child.lastLines())
            : rejections.stream().map(Diagnostic::toString).collect(Collectors.joining("\n  "));
    return said.isEmpty() ? "It says nothing of it." : "It says:\n  " + said;
  }

  /** The admin page of the Envoy that runs now; a restarted one has another address. */
  private synchronized @Nullable EnvoyAdmin admin() {
    String address = child.adminAddress();
    EnvoyAdmin known = admin;
    if (address == null || (known != null && known.url().equals("http://" + address))) {
      return known;
    }
    if (known != null) {
      known.close();
    }
    EnvoyAdmin fresh = new EnvoyAdmin(address);
    admin = fresh;
    return fresh;
  }

  String adminUrl() {
    EnvoyAdmin now = admin();
    return now == null ? "" : now.url();
  }

  int port() {
    return port;
  }

  long pid() {
    return child.pid();
  }

  /** Requests that Envoy serves; 0 when it cannot be asked. */
  int inFlight() {
    EnvoyAdmin now = admin();
    try {
      return now == null ? 0 : (int) now.sum(ACTIVE);
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /**
   * After the lame-duck time Envoy takes no new connections, and running requests get the drain
   * time.
   */
  void drain() {
    try {
      Thread.sleep(lameDuck);
      EnvoyAdmin now = admin();
      if (now != null) {
        now.drainListeners();
      }
      long end = System.nanoTime() + drain.toNanos();
      int left = inFlight();
      while (left > 0 && System.nanoTime() - end < 0) {
        Thread.sleep(LOOK);
        left = inFlight();
      }
      if (left > 0) {
        LOG.warn("Drain time is over: {} requests are cut.", left);
      } else {
        LOG.info("Drained: no request is left.");
      }
      scheduler
          .drain()
          .orTimeout(LAST_ENTRIES_SECONDS, TimeUnit.SECONDS)
          .exceptionally(_ -> 0)
          .join();
    } catch (IOException e) {
      LOG.warn("Envoy could not be drained: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    child.close();
    EnvoyAdmin known = admin;
    if (known != null) {
      known.close();
    }
    folder.close();
  }
}
