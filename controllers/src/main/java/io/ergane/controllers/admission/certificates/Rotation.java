package io.ergane.controllers.admission.certificates;

import java.security.cert.CertificateParsingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The steps of a renewal. The API servers are told of the next authority first; when they have had
 * time to hear of it, its certificate is shown; when every replica has had time to show it, the old
 * authority is trusted no longer. So there is no moment at which what is shown is not trusted.
 */
final class Rotation {
  /** What is to be done with the stored certificates. */
  enum Step {
    /** Nothing, now. */
    KEEP,
    /** Make the next certificate. */
    STAGE,
    /** Write down that the API servers have been told. */
    NOTE_ANNOUNCED,
    /** Show the next certificate. */
    SWITCH,
    /** Forget the authority before. */
    RETIRE
  }

  private Rotation() {}

  /**
   * The next step.
   *
   * @param trusted whether the webhook configurations trust all stored authorities
   */
  static Step next(
      Stored stored, boolean trusted, List<String> dnsNames, Instant now, Terms terms) {
    Instant announced = stored.announced();
    Instant switched = stored.switched();
    if (!stored.ours()) {
      return Step.KEEP;
    }
    if (stored.next() != null) {
      if (announced == null) {
        return trusted ? Step.NOTE_ANNOUNCED : Step.KEEP;
      }
      return trusted && isOver(announced, terms.propagation(), now) ? Step.SWITCH : Step.KEEP;
    }
    if (switched != null) {
      return isOver(switched, terms.overlap(), now) ? Step.RETIRE : Step.KEEP;
    }
    boolean due = !now.isBefore(stored.serving().after(terms.renewal()));
    return due || !names(stored.serving()).containsAll(dnsNames) ? Step.STAGE : Step.KEEP;
  }

  private static boolean isOver(Instant since, Duration wait, Instant now) {
    return !now.isBefore(since.plus(wait));
  }

  private static Set<String> names(Identity identity) {
    try {
      Collection<List<?>> names = identity.certificate().getSubjectAlternativeNames();
      return names == null
          ? Set.of()
          : names.stream().map(name -> String.valueOf(name.get(1))).collect(Collectors.toSet());
    } catch (CertificateParsingException e) {
      return Set.of();
    }
  }
}
