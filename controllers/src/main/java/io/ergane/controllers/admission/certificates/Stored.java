package io.ergane.controllers.admission.certificates;

import io.ergane.controllers.admission.certificates.CertificateStore.Entry;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a Secret.
 *
 * @param serving shown to the API server
 * @param authorities that the API server is to trust; empty when the Secret names none
 * @param next to be shown once the API servers trust its authority; null outside of a renewal
 * @param announced since when all webhook configurations trust the next one; null before
 * @param switched since when a new one is shown and the old one still trusted; null otherwise
 * @param ours whether we, or Kthena, made it; others are read only
 */
record Stored(
    Identity serving,
    List<X509Certificate> authorities,
    @Nullable Identity next,
    @Nullable Instant announced,
    @Nullable Instant switched,
    boolean ours) {
  static final String CERTIFICATE = "tls.crt";
  static final String KEY = "tls.key";
  static final String AUTHORITIES = "ca.crt";
  private static final String NEXT_CERTIFICATE = "next.crt";
  private static final String NEXT_KEY = "next.key";
  private static final String ANNOUNCED = "ergane.io/next-announced";
  private static final String SWITCHED = "ergane.io/certificate-switched";
  private static final String FOREIGN = "cert-manager.io/";

  Stored {
    authorities = List.copyOf(authorities);
  }

  /** The first state of a Secret of ours. */
  static Stored first(Authority.Issued issued) {
    return new Stored(issued.identity(), List.of(issued.authority()), null, null, null, true);
  }

  /** A renewal is prepared: the next authority is to be trusted beside the present ones. */
  Stored staged(Authority.Issued issued) {
    List<X509Certificate> all = new ArrayList<>(authorities);
    all.add(issued.authority());
    return new Stored(serving, all, issued.identity(), null, null, ours);
  }

  Stored announced(Instant now) {
    return new Stored(serving, authorities, next, now, switched, ours);
  }

  /** The next one is shown from now on. */
  Stored switched(Identity to, Instant now) {
    return new Stored(to, authorities, null, null, now, ours);
  }

  /** Only the authority of what is shown is trusted. */
  Stored retired() {
    List<X509Certificate> own = authorities.stream().filter(this::vouches).toList();
    return new Stored(serving, own, null, null, null, ours);
  }

  private boolean vouches(X509Certificate authority) {
    try {
      serving.chain().getLast().verify(authority.getPublicKey());
      return true;
    } catch (java.security.GeneralSecurityException e) {
      return false;
    }
  }

  /** Whether no step of a renewal is under way. */
  boolean settled() {
    return next == null && switched == null;
  }

  /** What the API servers are to trust. */
  TrustList.Trust trust() {
    return new TrustList.Trust(authorities, ours && settled());
  }

  /**
   * Reads an entry.
   *
   * @throws UnusableCertificate saying what is wrong with it
   */
  static Stored read(Entry entry) throws UnusableCertificate {
    Map<String, String> data = entry.data();
    Identity serving = Pem.identity(text(data, CERTIFICATE), text(data, KEY));
    boolean renewing = data.containsKey(NEXT_CERTIFICATE) && data.containsKey(NEXT_KEY);
    boolean foreign = entry.annotations().keySet().stream().anyMatch(k -> k.startsWith(FOREIGN));
    return new Stored(
        serving,
        Pem.certificates(data.getOrDefault(AUTHORITIES, "")),
        renewing ? Pem.identity(text(data, NEXT_CERTIFICATE), text(data, NEXT_KEY)) : null,
        time(entry, ANNOUNCED),
        time(entry, SWITCHED),
        !foreign && Authority.madeBySuch(serving.certificate()));
  }

  private static String text(Map<String, String> data, String key) throws UnusableCertificate {
    String text = data.get(key);
    if (text == null || text.isBlank()) {
      throw new UnusableCertificate("it has no " + key, null);
    }
    return text;
  }

  private static @Nullable Instant time(Entry entry, String key) {
    String text = entry.annotations().get(key);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** This state in the place of an entry; what others wrote into that is kept. */
  Entry over(Entry before) {
    Map<String, String> data = new HashMap<>(before.data());
    data.put(CERTIFICATE, Pem.print(serving.chain()));
    data.put(KEY, Pem.print(serving.key()));
    data.put(AUTHORITIES, Pem.print(authorities));
    Identity coming = next;
    put(data, NEXT_CERTIFICATE, coming == null ? null : Pem.print(coming.chain()));
    put(data, NEXT_KEY, coming == null ? null : Pem.print(coming.key()));
    Map<String, String> annotations = new HashMap<>(before.annotations());
    put(annotations, ANNOUNCED, announced == null ? null : announced.toString());
    put(annotations, SWITCHED, switched == null ? null : switched.toString());
    return new Entry(data, annotations, before.version());
  }

  private static void put(Map<String, String> into, String key, @Nullable String value) {
    if (value == null) {
      into.remove(key);
    } else {
      into.put(key, value);
    }
  }
}
