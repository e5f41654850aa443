package io.ergane.controllers.admission.certificates;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What the API servers trust when they call the webhooks: the webhook configurations. */
interface TrustList {
  /**
   * Authorities to trust.
   *
   * @param exactly whether others are to be trusted no longer
   */
  record Trust(List<X509Certificate> authorities, boolean exactly) {
    public Trust {
      authorities = List.copyOf(authorities);
    }
  }

  /** Reads anew what is to be trusted. */
  interface Latest {
    Trust read() throws IOException;
  }

  /**
   * Makes every webhook of ours trust them.
   *
   * <p>Before something is trusted no longer, {@code latest} is read after the configuration was,
   * and the write is made only if the configuration is still the one that was read. So nothing that
   * another replica has just announced gets lost.
   *
   * @return whether every configuration that exists trusts them now
   */
  boolean announce(Trust trust, Latest latest) throws IOException;
}
