package io.ergane.controllers.admission.certificates;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A private key with the certificate that vouches for it.
 *
 * @param chain its own certificate first
 */
public record Identity(List<X509Certificate> chain, PrivateKey key) {
  public Identity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("there is no certificate");
    }
  }

  /** The certificate that is shown. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** When this share of its life is over. */
  Instant after(double share) {
    Instant start = certificate().getNotBefore().toInstant();
    Duration life = Duration.between(start, certificate().getNotAfter().toInstant());
    return start.plusMillis((long) (life.toMillis() * share));
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "Identity[" + certificate().getSubjectX500Principal() + "]";
  }
}
