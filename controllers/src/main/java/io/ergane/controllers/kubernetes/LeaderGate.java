package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets work run while this process leads, and only then. Who loses the lead, or cannot renew it in
 * time, stops before another may begin; it stands again after that.
 */
public final class LeaderGate implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderGate.class);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /**
   * How leaders follow each other.
   *
   * @param lease a leader that has not renewed for so long has lost the lead
   * @param deadline after so long without success a leader stops by itself; less than {@code lease}
   *     by more than its work needs to stop
   * @param retry pause between attempts
   */
  public record Terms(Duration lease, Duration deadline, Duration retry) {
    public static final Terms DEFAULT =
        new Terms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  private final Cluster cluster;
  private final @Nullable ElectionLease lease;
  private final Terms terms;
  private final Supplier<? extends AutoCloseable> work;
  private final Thread thread = Thread.ofPlatform().name("ergane-leader").unstarted(this::run);
  private final Object lock = new Object();
  private @Nullable CompletableFuture<?> term;
  private volatile boolean elected;
  private volatile boolean leading;
  private volatile boolean closed;
  private @Nullable AutoCloseable running;

  private LeaderGate(
      Cluster cluster,
      @Nullable ElectionLease lease,
      Terms terms,
      Supplier<? extends AutoCloseable> work) {
    this.cluster = cluster;
    this.lease = lease;
    this.terms = terms;
    this.work = work;
  }

  /** Work that runs at once and for as long as the gate is open: there is no other process. */
  public static LeaderGate alone(Cluster cluster, Supplier<? extends AutoCloseable> work) {
    LeaderGate gate = new LeaderGate(cluster, null, Terms.DEFAULT, work);
    gate.elected = true;
    gate.settle();
    return gate;
  }

  /**
   * Stands for election.
   *
   * @param name of the Lease, the same for all who stand
   * @param identity that no other process has
   * @param work begins it; closing ends it, within the time between the terms' deadline and lease
   */
  public static LeaderGate elected(
      Cluster cluster,
      ObjectName name,
      String identity,
      Terms terms,
      Supplier<? extends AutoCloseable> work) {
    ElectionLease lease = new ElectionLease(cluster, name, identity);
    LeaderGate gate = new LeaderGate(cluster, lease, terms, work);
    gate.thread.start();
    return gate;
  }

  /** Whether this process leads now. */
  public boolean leading() {
    return leading;
  }

  private void run() {
    while (!closed) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        LeaderElector elector = new LeaderElector(cluster.client(), configuration(), threads);
        CompletableFuture<?> standing = elector.start();
        synchronized (lock) {
          term = standing;
        }
        if (closed) {
          standing.cancel(true);
        }
        var _ = standing.get();
      } catch (InterruptedException e) {
        break;
      } catch (ExecutionException | RuntimeException e) {
        LOG.debug("The term ended", e);
      }
      elected = false;
      settle();
      pause();
    }
    elected = false;
    settle();
  }

  private void pause() {
    try {
      if (!closed) {
        Thread.sleep(terms.retry());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private LeaderElectionConfig configuration() {
    ElectionLease held = java.util.Objects.requireNonNull(lease);
    LeaderCallbacks callbacks =
        new LeaderCallbacks(
            () -> elected(true),
            () -> elected(false),
            leader -> LOG.info("{}: the leader is {}", held.describe(), leader));
    return new LeaderElectionConfig(
        held, terms.lease(), terms.deadline(), terms.retry(), callbacks, true, "ergane");
  }

  /** Called on the elector's threads, which must go on renewing. */
  private void elected(boolean now) {
    elected = now;
    Thread.ofVirtual().name("ergane-leader-work").start(this::settle);
  }

  /** Makes work run exactly while this process is elected. */
  private void settle() {
    synchronized (lock) {
      boolean lead = elected && !closed;
      if (lead && running == null) {
        LOG.info("This process leads");
        leading = true;
        running = work.get();
      } else if (!lead && running != null) {
        leading = false;
        AutoCloseable ending = running;
        running = null;
        LOG.info("This process no longer leads");
        end(ending);
      }
    }
  }

  private static void end(AutoCloseable work) {
    try {
      work.close();
    } catch (Exception e) {
      LOG.warn("Work did not end well", e);
    }
  }

  /** Ends the work, then gives the lead back so that another begins at once. */
  @Override
  public void close() {
    closed = true;
    settle();
    synchronized (lock) {
      if (term != null) {
        term.cancel(true);
      }
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
