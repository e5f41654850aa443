package io.ergane.controllers.admission.certificates;

import io.ergane.controllers.admission.certificates.CertificateKeeper.Look;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the webhooks' certificate for as long as it is open; trouble is logged and retried. */
public final class Certificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);

  private final ServingKeys keys = new ServingKeys();
  private final CertificateKeeper keeper;
  private final Duration poll;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable String problem = "the certificate has not been looked for yet";

  /**
   * Starts to look; returns at once.
   *
   * @param client null where there is no cluster: then files are all there is
   */
  public static Certificates keep(CertificateSource source, @Nullable KubernetesClient client) {
    Certificates certificates = new Certificates(source, client);
    certificates.thread.start();
    return certificates;
  }

  private Certificates(CertificateSource source, @Nullable KubernetesClient client) {
    poll = source.terms().poll();
    CertificateStore store = client == null ? null : new SecretStore(client, source.secret());
    TrustList trustList =
        client == null
            ? (_, _) -> true
            : new WebhookConfigurations(client, configurations(source), source.service());
    keeper =
        new CertificateKeeper(
            new CertificateKeeper.Source(
                source.files(), source.filesFirst(), source.allNames(), source.terms()),
            store,
            trustList,
            keys,
            InstantSource.system());
    thread = Thread.ofVirtual().name("webhook-certificates").unstarted(this::run);
  }

  private static List<WebhookConfigurations.Named> configurations(CertificateSource source) {
    List<WebhookConfigurations.Named> all = new ArrayList<>();
    source
        .validating()
        .forEach(name ->
            all.add(new WebhookConfigurations.Named("validatingwebhookconfigurations", name)));
    source
        .mutating()
        .forEach(name ->
            all.add(new WebhookConfigurations.Named("mutatingwebhookconfigurations", name)));
    return all;
  }

  /** For TLS handshakes. */
  public ServingKeys keys() {
    return keys;
  }

  /** What keeps the webhooks from being called, in a user's words; null when all is well. */
  public @Nullable String problem() {
    return problem;
  }

  /** When the certificate that is shown ends; null while there is none. */
  public @Nullable Instant expires() {
    Identity identity = keys.current();
    return identity == null ? null : identity.certificate().getNotAfter().toInstant();
  }

  private void run() {
    Duration retry = FIRST_RETRY;
    try {
      do {
        look();
        retry = problem == null ? FIRST_RETRY : retry.multipliedBy(2);
      } while (!over.await(wait(retry).toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration wait(Duration retry) {
    return problem == null || retry.compareTo(poll) > 0 ? poll : retry;
  }

  private void look() {
    String before = problem;
    String found;
    try {
      Look look = keeper.look();
      found = look.problem();
    } catch (RuntimeException e) {
      LOG.error("Looking after the webhooks' certificate failed", e);
      found = "a defect: " + e;
    }
    problem = found;
    if (found != null && !found.equals(before)) {
      LOG.warn("Webhooks: {}", found);
    } else if (found == null && before != null) {
      LOG.info("Webhooks: the certificate is served until {}", expires());
    }
  }

  @Override
  public void close() {
    over.countDown();
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
