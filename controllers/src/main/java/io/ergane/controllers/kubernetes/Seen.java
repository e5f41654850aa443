package io.ergane.controllers.kubernetes;

import io.ergane.core.compile.Observed.Sighting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A routing object of the API server.
 *
 * @param conditions of its status, as stored
 */
record Seen(Sighting sighting, String uid, long generation, List<Map<String, Object>> conditions) {
  static Seen of(Kind kind, Map<String, Object> object) {
    Map<String, Object> bare = new LinkedHashMap<>(object);
    bare.remove("status");
    return new Seen(
        Sightings.of(kind, bare),
        Fields.text(object, "metadata", "uid"),
        Fields.number(object, 0, "metadata", "generation"),
        Fields.maps(object, "status", "conditions"));
  }
}
