package io.ergane.core.compile;

import io.ergane.api.Finding;
import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the files or the cluster say at one moment. The order of the lists does not matter.
 *
 * @param profile from the router's configuration file, or the default
 * @param diagnostics what the observer itself has to say, of unreadable files for example
 */
public record Observed(
    List<Sighting> sightings, SchedulingProfile profile, List<Diagnostic> diagnostics) {

  public Observed {
    sightings = List.copyOf(sightings);
    diagnostics = List.copyOf(diagnostics);
  }

  /**
   * An object that is there, sound or not.
   *
   * @param age smaller is older: document order for files, creation time for the API server; ties
   *     go by resourceVersion as text, then by name
   * @param source where it was read, e.g. {@code routes.yaml:12}; empty for the API server
   * @param resource null when it could not be decoded
   * @param findings why it could not be decoded, empty otherwise
   */
  public record Sighting(
      String kind,
      ObjectName name,
      long age,
      String source,
      @Nullable Resource resource,
      List<Finding> findings) {

    public Sighting {
      findings = List.copyOf(findings);
    }
  }
}
