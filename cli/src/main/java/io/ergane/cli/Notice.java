package io.ergane.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a process says on standard error once it has started. */
record Notice(List<String> lines) {
  /**
   * @param facts names and values in turn
   */
  static Notice of(String title, List<String> facts) {
    List<String> lines = new ArrayList<>();
    lines.add(title);
    for (int i = 0; i + 1 < facts.size(); i += 2) {
      lines.add(String.format(Locale.ROOT, "  %-12s %s", facts.get(i), facts.get(i + 1)));
    }
    lines.add("Ctrl-C drains and stops.");
    return new Notice(lines);
  }

  void print() {
    lines.forEach(System.err::println);
  }
}
