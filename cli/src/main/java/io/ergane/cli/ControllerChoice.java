package io.ergane.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which controllers run, by Kthena's {@code --controllers}: {@code name} and {@code +name} include,
 * {@code -name} excludes, and the first entry that names a controller decides. One that no entry
 * names runs if {@code *} is listed. If none is left, all run.
 */
final class ControllerChoice {
  static final List<String> ALL = List.of("modelserving", "modelbooster", "autoscaler");

  private ControllerChoice() {}

  /**
   * The names of those that run.
   *
   * @throws UserError for a name that no controller has
   */
  static Set<String> of(String text) {
    List<String> entries =
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList();
    for (String entry : entries) {
      if (!entry.equals("*") && !ALL.contains(name(entry))) {
        throw UserError.ofCommandLine(
            "--controllers names '%s'; accepted are *, %s, each with + or - before it or without."
                .formatted(entry, String.join(", ", ALL)));
      }
    }
    Set<String> chosen =
        ALL.stream()
            .filter(controller -> runs(controller, entries))
            .collect(Collectors.toCollection(TreeSet::new));
    return chosen.isEmpty() ? new TreeSet<>(ALL) : chosen;
  }

  private static boolean runs(String controller, List<String> entries) {
    return entries.stream()
        .filter(entry -> name(entry).equals(controller))
        .findFirst()
        .map(entry -> !entry.startsWith("-"))
        .orElse(entries.contains("*"));
  }

  private static String name(String entry) {
    return entry.startsWith("+") || entry.startsWith("-") ? entry.substring(1) : entry;
  }
}
