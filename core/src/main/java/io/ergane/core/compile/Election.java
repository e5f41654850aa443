package io.ergane.core.compile;

import io.ergane.api.Resource;
import io.ergane.core.compile.Observed.Sighting;
import java.util.Comparator;
import java.util.List;

/** Of several sightings of one kind and name, the oldest speaks for the object. */
final class Election {
  /** By age, then by resource version as text, as Kthena's router orders routes. */
  static final Comparator<Sighting> OLDEST_FIRST =
      Comparator.comparingLong(Sighting::age).thenComparing(Election::version);

  private static final Comparator<Sighting> ORDER =
      Comparator.comparing(Sighting::kind)
          .thenComparing(Sighting::name)
          .thenComparing(OLDEST_FIRST)
          .thenComparing(Sighting::source)
          .thenComparing(sighting -> String.valueOf(sighting.resource()))
          .thenComparing(sighting -> sighting.findings().toString());

  private Election() {}

  static void run(Draft draft) {
    List<Sighting> sorted = draft.observed.sightings().stream().sorted(ORDER).toList();
    Sighting oldest = null;
    for (Sighting sighting : sorted) {
      if (oldest == null || !oldest.subject().equals(sighting.subject())) {
        draft.elected.add(sighting);
        oldest = sighting;
      } else {
        String where = oldest.source().isEmpty() ? "" : " in " + oldest.source();
        draft.error(
            sighting,
            "duplicate",
            "",
            "is declared elsewhere too, and this declaration is ignored: the one%s comes first and is in effect. Remove or rename one of them."
                .formatted(where));
      }
    }
  }

  private static String version(Sighting sighting) {
    Resource resource = sighting.resource();
    String version = resource == null ? null : resource.metadata().resourceVersion();
    return version == null ? "" : version;
  }
}
