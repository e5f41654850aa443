package io.ergane.controllers.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The lines of a tree under construction, and the bounds it must keep. */
final class Tree {
  private static final int DEEPEST = 50;

  private final Map<String, Integer> lines = new HashMap<>();
  private final int firstLine;
  private final int most;
  private int nodes;

  /**
   * @param firstLine line of the file on which the text begins, counted from 0
   * @param most nodes that one document may have once its aliases are resolved
   */
  Tree(int firstLine, int most) {
    this.firstLine = firstLine;
    this.most = most;
  }

  /** Counts a node at a line of the text, counted from 0. */
  void enter(int line, int depth) throws Unreadable {
    if (++nodes > most) {
      throw new Unreadable(
          line, "the document has more than %d values once aliases are resolved".formatted(most));
    }
    if (depth > DEEPEST) {
      throw new Unreadable(line, "the document is nested deeper than %d levels".formatted(DEEPEST));
    }
  }

  void locate(String path, int line) {
    lines.put(path, firstLine + line + 1);
  }

  Document document(JsonNode root, int line) {
    return new Document(root, firstLine + line + 1, lines);
  }

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
