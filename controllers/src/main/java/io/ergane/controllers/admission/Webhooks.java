package io.ergane.controllers.admission;

import io.ergane.controllers.admission.certificates.CertificateSource;
import io.ergane.controllers.admission.certificates.Certificates;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhooks of a process with their certificate. Trouble of theirs is logged and retried, and
 * never the process's: clients are served without them.
 */
public final class Webhooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final WebhookSettings settings;
  private final Reviews reviews;
  private final Certificates certificates;
  private final Thread opener;
  private volatile @Nullable WebhookServer server;
  private volatile @Nullable String problem;
  private boolean closed;

  /**
   * Starts them and does not wait for anything outside of this process.
   *
   * @param client null where there is no cluster
   */
  public static Webhooks start(
      WebhookSettings settings,
      Set<Webhook> webhooks,
      CertificateSource source,
      @Nullable KubernetesClient client) {
    Webhooks started =
        new Webhooks(settings, new Reviews(webhooks, neighbours(client)), source, client);
    if (!started.open()) {
      started.opener.start();
    }
    return started;
  }

  private static Neighbours neighbours(@Nullable KubernetesClient client) {
    return client == null ? Neighbours.ALL : new ClusterNeighbours(client);
  }

  private Webhooks(
      WebhookSettings settings,
      Reviews reviews,
      CertificateSource source,
      @Nullable KubernetesClient client) {
    this.settings = settings;
    this.reviews = reviews;
    certificates = Certificates.keep(source, client);
    opener = Thread.ofVirtual().name("webhook-opener").unstarted(this::retry);
  }

  private synchronized boolean open() {
    if (closed) {
      return true;
    }
    try {
      server = WebhookServer.start(settings, reviews, certificates.keys());
      problem = null;
      return true;
    } catch (IOException e) {
      if (problem == null) {
        LOG.warn("Webhooks are not served yet: {}. It is tried again.", e.getMessage());
      }
      problem = e.getMessage();
      return false;
    }
  }

  private void retry() {
    try {
      do {
        Thread.sleep(RETRY);
      } while (!open());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The port that is listened on; 0 while none is. */
  public int port() {
    WebhookServer current = server;
    return current == null ? 0 : current.port();
  }

  /** What keeps them from being called, in a user's words; null when all is well. */
  public @Nullable String problem() {
    String own = problem;
    return own == null ? certificates.problem() : own;
  }

  /** Lets running reviews end, then closes. */
  @Override
  public void close() {
    opener.interrupt();
    WebhookServer open;
    synchronized (this) {
      closed = true;
      open = server;
      server = null;
    }
    if (open != null) {
      open.close();
    }
    certificates.close();
  }
}
