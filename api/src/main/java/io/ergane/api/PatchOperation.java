package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * One change of a JSON Patch (RFC 6902).
 *
 * @param op always {@code add} here
 * @param path JSON Pointer, e.g. {@code /spec/behavior}
 */
public record PatchOperation(String op, String path, JsonNode value) {

  static PatchOperation add(String path, JsonNode value) {
    return new PatchOperation("add", path, value);
  }

  /** The patch as JSON; an empty list if nothing changes. */
  public static ArrayNode toJson(List<PatchOperation> operations) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (PatchOperation each : operations) {
      array.addObject().put("op", each.op).put("path", each.path).set("value", each.value);
    }
    return array;
  }
}
