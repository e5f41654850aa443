package io.ergane.xds.rollout;

import io.ergane.core.compile.Diagnostic;
import io.ergane.xds.server.XdsServer;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what nodes reject: each rejection is logged once, and once more when it is over. */
final class RejectionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionWatch.class);
  private static final long SETTLE_MILLIS = 20;
  private static final long RECHECK_MILLIS = 500;

  private final XdsServer server;
  private final Consumer<List<Diagnostic>> listener;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ergane-rejections").daemon().factory());
  private final AtomicBoolean due = new AtomicBoolean();
  private List<Diagnostic> known = List.of();

  /**
   * @param listener is told of all that is rejected whenever that changes, by one thread
   */
  RejectionWatch(XdsServer server, Consumer<List<Diagnostic>> listener) {
    this.server = server;
    this.listener = listener;
    server.onNack(_ -> lookIn(SETTLE_MILLIS));
  }

  private void lookIn(long millis) {
    if (due.compareAndSet(false, true)) {
      try {
        var _ = thread.schedule(this::look, millis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("Rejections are not watched any more");
      }
    }
  }

  private void look() {
    due.set(false);
    List<Diagnostic> now = Rejections.of(server.nodes());
    for (Diagnostic diagnostic : now) {
      if (!known.contains(diagnostic)) {
        LOG.error("{}", diagnostic);
      }
    }
    for (Diagnostic diagnostic : Diagnostic.mended(known, now)) {
      LOG.info("mended: {}: {}", diagnostic.subject(), diagnostic.code());
    }
    if (!now.equals(known)) {
      known = now;
      listener.accept(now);
    }
    if (!now.isEmpty()) {
      lookIn(RECHECK_MILLIS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
