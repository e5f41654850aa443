package io.ergane.controllers.yaml;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads all documents of a text. Documents of YAML are parsed one by one, so that one that cannot
 * be read leaves its neighbours alone.
 */
public final class Documents {
  private Documents() {}

  /**
   * Reads YAML, of which JSON is a part.
   *
   * @param mostNodes values that one document may have once its aliases are resolved
   */
  public static List<Parsed> yaml(String text, int mostNodes) {
    List<Parsed> documents = new ArrayList<>();
    for (Chunk chunk : chunks(text)) {
      Tree tree = new Tree(chunk.firstLine, mostNodes);
      try {
        Document document = YamlTree.read(chunk.text, tree);
        if (document != null) {
          documents.add(new Parsed.Read(document));
        }
      } catch (Unreadable e) {
        documents.add(
            new Parsed.Refused(chunk.firstLine + e.line() + 1, String.valueOf(e.getMessage())));
      }
    }
    return documents;
  }

  /**
   * Reads JSON values that stand one after another.
   *
   * @param mostNodes values that one of them may have, nested ones included
   */
  public static List<Parsed> json(String text, int mostNodes) {
    return JsonTree.readAll(text, mostNodes);
  }

  /** The text of one document, from line {@code firstLine} on, counted from 0. */
  private record Chunk(int firstLine, String text) {}

  /**
   * Cuts at lines that begin with {@code ---} or {@code ...}: YAML gives those no other meaning,
   * even inside quoted or block text. Directives are left out; none changes what is read here.
   */
  private static List<Chunk> chunks(String text) {
    List<Chunk> chunks = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    int firstLine = 0;
    int lineNumber = 0;
    boolean started = false;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      boolean begins = isMarker(line, "---");
      if (begins || isMarker(line, "...")) {
        chunks.add(new Chunk(firstLine, current.toString()));
        current.setLength(0);
        firstLine = lineNumber;
        started = begins;
        current.append(begins ? "   " + line.substring(3) : "");
      } else if (started || !line.startsWith("%")) {
        current.append(line);
        started |= !line.isBlank() && !line.startsWith("#");
      }
      current.append('\n');
      lineNumber++;
    }
    chunks.add(new Chunk(firstLine, current.toString()));
    return chunks;
  }

  private static boolean isMarker(String line, String marker) {
    return line.startsWith(marker)
        && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '\t');
  }
}
