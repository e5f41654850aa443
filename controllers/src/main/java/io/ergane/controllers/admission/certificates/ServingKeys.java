package io.ergane.controllers.admission.certificates;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The identity that TLS handshakes use; it may be replaced at any time. A handshake that has begun
 * ends with the one it began with.
 */
public final class ServingKeys extends X509ExtendedKeyManager {
  /** The one before stays known for handshakes that run. */
  private volatile Map<String, Identity> known = Map.of();

  private volatile @Nullable String current;
  private long served;

  /** Shows this identity from the next handshake on. */
  public synchronized void serve(Identity identity) {
    String before = current;
    Identity old = before == null ? null : known.get(before);
    if (identity.equals(old)) {
      return;
    }
    String alias = "webhook-" + ++served;
    known =
        before == null || old == null
            ? Map.of(alias, identity)
            : Map.of(alias, identity, before, old);
    current = alias;
  }

  /** What is shown; null before the first. */
  public @Nullable Identity current() {
    String alias = current;
    return alias == null ? null : known.get(alias);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String alias = current;
    Identity identity = alias == null ? null : known.get(alias);
    return identity != null && keyType.equals(identity.key().getAlgorithm()) ? alias : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Identity identity = known.get(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Identity identity = known.get(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
