package io.ergane.controllers.source;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import java.util.Optional;

/**
 * What a source declares.
 *
 * @param sightings their ages count within the source
 * @param profile empty when the source has no say in scheduling
 */
public record Contents(
    List<Sighting> sightings, Optional<SchedulingProfile> profile, List<Diagnostic> diagnostics) {
  public Contents {
    sightings = List.copyOf(sightings);
    diagnostics = List.copyOf(diagnostics);
  }

  /** Objects, and what there is to say about them. */
  public static Contents of(List<Sighting> sightings, List<Diagnostic> diagnostics) {
    return new Contents(sightings, Optional.empty(), diagnostics);
  }
}
