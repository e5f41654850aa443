package io.ergane.controllers.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
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

  /**
   * The items of a list field of the document's root, each as a document of its own.
   *
   * @param field name of a field whose value is a list
   */
  public List<Document> items(String field) {
    JsonNode list = root.path(field);
    List<Map<String, Integer>> below = new ArrayList<>();
    list.forEach(_ -> below.add(new HashMap<>()));
    String prefix = field + ".";
    lines.forEach((path, at) -> {
      int dot = path.indexOf('.', prefix.length());
      if (dot > 0 && path.startsWith(prefix)) {
        int index = Integer.parseInt(path.substring(prefix.length(), dot));
        below.get(index).put(path.substring(dot + 1), at);
      }
    });
    List<Document> items = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      items.add(new Document(list.get(i), lineOf(prefix + i), below.get(i)));
    }
    return items;
  }
}
