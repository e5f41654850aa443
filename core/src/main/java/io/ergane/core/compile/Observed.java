package io.ergane.core.compile;

import io.ergane.api.Finding;
import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import java.util.Map;
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
   * @param lines where in the source's file each field stands: line numbers by path, all parts of
   *     which are joined by dots, e.g. {@code spec.rules.0.targetModels}; empty when not known
   */
  public record Sighting(
      String kind,
      ObjectName name,
      long age,
      String source,
      @Nullable Resource resource,
      List<Finding> findings,
      Map<String, Integer> lines) {

    public Sighting {
      findings = List.copyOf(findings);
      lines = Map.copyOf(lines);
    }

    /** A sighting without the lines of its fields. */
    public Sighting(
        String kind,
        ObjectName name,
        long age,
        String source,
        @Nullable Resource resource,
        List<Finding> findings) {
      this(kind, name, age, source, resource, findings, Map.of());
    }

    /** A sound object. */
    public static Sighting of(Resource resource, long age, String source) {
      return new Sighting(resource.kind(), resource.name(), age, source, resource, List.of());
    }

    /** The same sighting at another age. */
    public Sighting aged(long newAge) {
      return new Sighting(kind, name, newAge, source, resource, findings, lines);
    }

    /** Kind and name, e.g. {@code ModelRoute default/chat}. */
    public String subject() {
      return kind + " " + name;
    }

    /**
     * Where a field was read; of a field that is not there, the nearest one around it.
     *
     * @param field path as in findings, e.g. {@code spec.rules[0].targetModels[1].weight}
     */
    public String sourceOf(String field) {
      String path = field.replace('[', '.').replace("]", "");
      while (!path.isEmpty()) {
        Integer line = lines.get(path);
        if (line != null) {
          return source.substring(0, source.lastIndexOf(':') + 1) + line;
        }
        path = path.substring(0, Math.max(0, path.lastIndexOf('.')));
      }
      return source;
    }
  }
}
