package io.ergane.testkit;

import java.util.ArrayList;
import java.util.List;

/** The part in which two texts differ, as a hunk of a unified diff with three lines of context. */
final class TextDifference {
  private static final int CONTEXT = 3;
  private static final int MOST_LINES = 60;

  private TextDifference() {}

  /**
   * One hunk from the first to the last differing line; empty when the texts are equal. At most 60
   * lines are shown.
   */
  static String of(String expected, String actual) {
    List<String> before = expected.lines().toList();
    List<String> after = actual.lines().toList();
    int head = 0;
    while (head < before.size() && head < after.size() && before.get(head).equals(after.get(head)))
      head++;
    int tail = 0;
    while (tail < before.size() - head
        && tail < after.size() - head
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) tail++;
    if (head == before.size() && head == after.size()) return "";

    List<String> hunk = new ArrayList<>();
    int from = Math.max(0, head - CONTEXT);
    hunk.add("@@ from line " + (from + 1) + " @@");
    add(hunk, " ", before.subList(from, head));
    add(hunk, "-", before.subList(head, before.size() - tail));
    add(hunk, "+", after.subList(head, after.size() - tail));
    add(
        hunk,
        " ",
        before.subList(
            before.size() - tail, Math.min(before.size(), before.size() - tail + CONTEXT)));
    return String.join("\n", hunk);
  }

  private static void add(List<String> hunk, String mark, List<String> lines) {
    lines.stream().limit(MOST_LINES).forEach(line -> hunk.add(mark + line));
    if (lines.size() > MOST_LINES)
      hunk.add(mark + "(and " + (lines.size() - MOST_LINES) + " lines more)");
  }
}
