package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.core.compile.Observed.Sighting;
import java.util.List;
import java.util.Map;

/**
 * A routing object of the API server.
 *
 * @param conditions of its status, as stored
 */
record Seen(Sighting sighting, String uid, long generation, List<Map<String, Object>> conditions) {
  private static final TypeReference<List<Map<String, Object>>> LIST = new TypeReference<>() {};

  static Seen of(Kind kind, JsonNode object) {
    ObjectNode bare = object.deepCopy();
    JsonNode conditions = bare.path("status").path("conditions");
    bare.remove("status");
    JsonNode metadata = object.path("metadata");
    return new Seen(
        Sightings.of(kind, bare),
        metadata.path("uid").asText(""),
        metadata.path("generation").asLong(),
        conditions.isArray() ? Api.JSON.convertValue(conditions, LIST) : List.of());
  }
}
