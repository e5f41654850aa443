package io.ergane.controllers.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * One document, or one object inside it.
 *
 * @param line line on which it begins, from 1
 * @param lines line of each field and list item below it, by path, all parts of which are joined by
 *     dots, e.g. {@code spec.rules.0.name}
 */
public record Document(JsonNode root, int line, Map<String, Integer> lines) {
  public Document {
    lines = Collections.unmodifiableMap(lines);
  }

  /** The line of a path, or of the nearest one around it that is there. */
  public int lineOf(String path) {
    String at = path;
    while (!at.isEmpty()) {
      Integer found = lines.get(at);
      if (found != null) {
        return found;
      }
      at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
    }
    return line;
  }

  /** The part of the document at a path, with paths that start there. */
  public Document at(String path, JsonNode part) {
    String prefix = path + ".";
    Map<String, Integer> below = new HashMap<>();
    lines.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        below.put(key.substring(prefix.length()), value);
      }
    });
    return new Document(part, lineOf(path), below);
  }
}
