package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.JsonTree;
import io.ergane.api.Moments;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Observed.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Objects of the API server as the compiler takes them. Their age is their creation time; their
 * resource version is left out, since it changes with every status that is written, and the order
 * of objects must not.
 */
public final class Sightings {
  private static final int MOST_ROUNDS = 8;

  private Sightings() {}

  /**
   * Decodes an object. Unknown fields, which a newer definition of the kind may have let in, do not
   * make it unreadable.
   */
  public static Sighting of(Kind kind, Map<String, Object> object) {
    return of(kind, json(object));
  }

  /** An object without what changes and makes no difference to anybody. */
  public static ObjectNode json(Map<String, Object> object) {
    ObjectNode json = (ObjectNode) JsonTree.toJson(object);
    if (json.path("metadata") instanceof ObjectNode fields) {
      fields.remove("resourceVersion");
      if (fields.path("annotations") instanceof ObjectNode annotations) {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
      }
    }
    return json;
  }

  private static Sighting of(Kind kind, ObjectNode object) {
    JsonNode metadata = object.path("metadata");
    ObjectName name =
        new ObjectName(
            metadata.path("namespace").asText("default"), metadata.path("name").asText(""));
    long age = created(metadata.path("creationTimestamp").asText(""));
    for (int round = 0; ; round++) {
      switch (Decoding.decode(object)) {
        case Decoded.Ok(var resource) -> {
          return Sighting.of(resource, age, "");
        }
        case Decoded.Broken(_, _, var findings) -> {
          boolean fewer = round < MOST_ROUNDS && removeUnknown(object, findings);
          if (!fewer) {
            return new Sighting(kind.name(), name, age, "", null, findings);
          }
        }
        case Decoded.Ignored(var apiVersion, var found) -> {
          String problem = "found kind %s of %s, which is not read".formatted(found, apiVersion);
          return new Sighting(
              kind.name(), name, age, "", null, List.of(new Finding("kind", problem)));
        }
      }
    }
  }

  private static long created(String time) {
    Instant created = Moments.parse(time);
    return created == null ? 0 : created.toEpochMilli();
  }

  /** Removes the fields that are found unknown; whether there were any. */
  private static boolean removeUnknown(ObjectNode object, List<Finding> findings) {
    boolean removed = false;
    for (Finding finding : findings) {
      if (finding.problem().startsWith("unknown field")) {
        removed |= remove(object, finding.field());
      }
    }
    return removed;
  }

  /**
   * @param path as findings write it, e.g. {@code spec.rules[0].color}
   */
  private static boolean remove(ObjectNode object, String path) {
    JsonNode at = object;
    String[] parts = path.split("[.\\[]");
    for (int i = 0; i < parts.length - 1; i++) {
      String part =
          parts[i].endsWith("]") ? parts[i].substring(0, parts[i].length() - 1) : parts[i];
      at = at instanceof ArrayNode list ? list.path(number(part)) : at.path(part);
    }
    String last = parts[parts.length - 1];
    return at instanceof ObjectNode parent && parent.remove(last) != null;
  }

  private static int number(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
