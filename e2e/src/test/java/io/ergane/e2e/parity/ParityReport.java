package io.ergane.e2e.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was the same in two places and what was not, by kind of request and by metric; differences
 * with a reason that is written down are counted apart.
 */
final class ParityReport {
  private static final int LISTED = 300;

  private final Map<String, Integer> asked = new TreeMap<>();
  private final Map<String, Integer> inherent = new TreeMap<>();
  private final List<String> unexplained = new ArrayList<>();
  private final List<String> explained = new ArrayList<>();
  private int compared;
  private int series;

  /** Notes what two places made of a request. */
  void request(Ask ask, String here, Seen one, String there, Seen other) {
    compared++;
    for (String name : Seen.differences(one, other)) {
      note(
          Inherent.ofRequest(ask, here, there, name, one, other),
          "%s: %s is %s in %s, %s in %s (%s)"
              .formatted(ask.kind(), name, one.get(name), here, other.get(name), there, ask.id()));
    }
  }

  void asked(Ask ask) {
    asked.merge(ask.kind(), 1, Integer::sum);
  }

  /** Notes what two places counted. */
  void counters(String here, Counters one, String there, Counters other) {
    TreeSet<String> all = new TreeSet<>(one.series().keySet());
    all.addAll(other.series().keySet());
    series += all.size();
    one.differences(other)
        .forEach((name, values) ->
            note(
                Inherent.ofSeries(here, there, name),
                "%s is %s in %s and %s".formatted(name, values, here, there)));
  }

  private void note(@Nullable Inherent reason, String text) {
    if (reason == null) {
      unexplained.add(text);
    } else {
      inherent.merge(reason.heading, 1, Integer::sum);
      explained.add(reason.heading + " · " + text);
    }
  }

  List<String> unexplained() {
    return unexplained;
  }

  String summary() {
    return "parity: %d requests of %d kinds, %d comparisons, %d metric series; %d unexplained differences, %d inherent %s"
        .formatted(
            asked.values().stream().mapToInt(Integer::intValue).sum(),
            asked.size(),
            compared,
            series,
            unexplained.size(),
            explained.size(),
            inherent);
  }

  /** Writes it as text. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(List.of(summary(), "", "Requests by kind"));
    asked.forEach((kind, count) -> lines.add("  %-24s %6d".formatted(kind, count)));
    lines.addAll(List.of("", "Unexplained differences"));
    unexplained.stream().limit(LISTED).forEach(text -> lines.add("  " + text));
    lines.addAll(List.of("", "Inherent differences"));
    explained.stream().limit(LISTED).forEach(text -> lines.add("  " + text));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, lines);
  }
}
