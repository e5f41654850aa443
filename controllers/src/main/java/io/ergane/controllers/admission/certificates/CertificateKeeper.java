package io.ergane.controllers.admission.certificates;

import io.ergane.controllers.admission.certificates.CertificateStore.Entry;
import io.ergane.controllers.admission.certificates.TrustList.Trust;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a certificate in {@link ServingKeys} and the API servers told of its authority. One look
 * does all that can be done now; it is repeated for as long as the process runs. Confined to the
 * thread that looks.
 */
final class CertificateKeeper {
  private static final int MOST_STEPS = 8;

  private final Source source;
  private final @Nullable CertificateStore store;
  private final TrustList trustList;
  private final ServingKeys keys;
  private final InstantSource clock;
  private final Authority authority = new Authority();

  /**
   * Where the certificate comes from.
   *
   * @param files used when they exist; null for none
   * @param filesFirst whether they come before the Secret, not after
   * @param dnsNames that the API server calls the webhooks by
   */
  record Source(
      @Nullable CertificateFiles files, boolean filesFirst, List<String> dnsNames, Terms terms) {
    Source {
      dnsNames = List.copyOf(dnsNames);
    }
  }

  /**
   * What one look came to.
   *
   * @param problem in a user's words; null when all is well
   */
  record Look(@Nullable String problem) {
    static final Look WELL = new Look(null);
  }

  /**
   * @param store null where there is no cluster: then files are all there is
   */
  CertificateKeeper(
      Source source,
      @Nullable CertificateStore store,
      TrustList trustList,
      ServingKeys keys,
      InstantSource clock) {
    this.source = source;
    this.store = store;
    this.trustList = trustList;
    this.keys = keys;
    this.clock = clock;
  }

  /** Looks once. Never throws for what a cluster or a file can hold. */
  Look look() {
    CertificateFiles files = source.files();
    boolean given = files != null && files.exist();
    if (given && files != null && (source.filesFirst() || store == null)) {
      return serve(files);
    }
    if (store == null) {
      return new Look("there is no certificate: " + missing());
    }
    try {
      return look(store, given ? files : null);
    } catch (IOException e) {
      if (given && files != null && keys.current() == null) {
        serve(files);
      }
      return new Look(e.getMessage());
    }
  }

  private String missing() {
    CertificateFiles files = source.files();
    return files == null
        ? "neither files nor a cluster are given"
        : files.certificate() + " and " + files.key() + " are not both there";
  }

  private Look serve(CertificateFiles files) {
    try {
      keys.serve(files.read());
      return Look.WELL;
    } catch (IOException | UnusableCertificate e) {
      return new Look(e.getMessage());
    }
  }

  private Look look(CertificateStore secret, @Nullable CertificateFiles files) throws IOException {
    for (int step = 0; step < MOST_STEPS; step++) {
      Optional<Entry> entry = secret.read();
      if (entry.isEmpty() && files != null) {
        return serve(files);
      }
      if (entry.isEmpty()) {
        create(secret);
      } else {
        try {
          Stored stored = Stored.read(entry.get());
          keys.serve(stored.serving());
          Look look = advance(secret, entry.get(), stored);
          if (look != null) {
            return look;
          }
        } catch (UnusableCertificate e) {
          return unusable(secret, e, files);
        }
      }
    }
    return new Look(secret.name() + " is changed by others all the time");
  }

  private Look unusable(
      CertificateStore secret, UnusableCertificate why, @Nullable CertificateFiles files) {
    if (files != null) {
      serve(files);
    }
    return new Look(
        "%s cannot be used: %s. Delete it, and a new one is made."
            .formatted(secret.name(), why.getMessage()));
  }

  private void create(CertificateStore secret) throws IOException {
    Terms terms = source.terms();
    Duration life = secret.mayReplace() ? terms.life() : terms.fixedLife();
    Stored first = Stored.first(authority.issue(source.dnsNames(), clock.instant(), life));
    secret.create(first.over(new Entry(Map.of(), Map.of(), "")));
  }

  /** Does the next step; null when there may be another one at once. */
  private @Nullable Look advance(CertificateStore secret, Entry entry, Stored stored)
      throws IOException, UnusableCertificate {
    boolean trusted =
        stored.authorities().isEmpty() || trustList.announce(stored.trust(), () -> latest(secret));
    Instant now = clock.instant();
    Rotation.Step step = Rotation.next(stored, trusted, source.dnsNames(), now, source.terms());
    if (step != Rotation.Step.KEEP && !secret.mayReplace()) {
      return fixed(secret, stored, now);
    }
    Stored changed = after(step, stored, now);
    if (changed == null) {
      return trusted ? Look.WELL : new Look("the webhook configurations are changed by others");
    }
    secret.replace(changed.over(entry));
    return null;
  }

  private @Nullable Stored after(Rotation.Step step, Stored stored, Instant now) {
    Identity next = stored.next();
    return switch (step) {
      case KEEP -> null;
      case STAGE -> stored.staged(authority.issue(source.dnsNames(), now, source.terms().life()));
      case NOTE_ANNOUNCED -> stored.announced(now);
      case SWITCH -> next == null ? null : stored.switched(next, now);
      case RETIRE -> stored.retired();
    };
  }

  private static Trust latest(CertificateStore secret) throws IOException {
    Optional<Entry> entry = secret.read();
    try {
      if (entry.isPresent()) {
        return Stored.read(entry.get()).trust();
      }
    } catch (UnusableCertificate e) {
      throw new IOException(secret.name() + " cannot be used any more", e);
    }
    throw new IOException(secret.name() + " is gone");
  }

  private Look fixed(CertificateStore secret, Stored stored, Instant now) {
    Instant end = stored.serving().certificate().getNotAfter().toInstant();
    String state = end.isBefore(now) ? "has ended" : "ends";
    return new Look(
        "the webhooks' certificate in %s is to be replaced (it %s at %s), and this account may not"
                .formatted(secret.name(), state, end)
            + " update that Secret. Allow it to, or delete the Secret.");
  }
}
