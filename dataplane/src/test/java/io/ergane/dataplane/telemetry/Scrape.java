package io.ergane.dataplane.telemetry;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An exposition in Prometheus' text format, read back. */
record Scrape(Map<String, String> types, Map<Series, Double> samples) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)", Pattern.DOTALL);
  private static final Pattern LABEL =
      Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?", Pattern.DOTALL);

  /** A sample's name and labels. */
  record Series(String name, Map<String, String> labels) {}

  static Scrape of(String text) {
    Map<String, String> types = new TreeMap<>();
    Map<Series, Double> samples = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ", -1);
        types.put(words[2], words[3]);
      } else if (!line.startsWith("#")) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
          throw new IllegalArgumentException(line);
        }
        String labels = sample.group(2) == null ? "" : sample.group(2);
        Series series = new Series(sample.group(1), labels(labels));
        if (samples.put(series, value(sample.group(3))) != null) {
          throw new IllegalArgumentException("twice: " + line);
        }
      }
    }
    return new Scrape(types, samples);
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return labels;
  }

  /**
   * The sum over all series of a name that have the labels, given as alternating names and values.
   */
  double sum(String name, String... labels) {
    Map<String, String> wanted = pairs(labels);
    return samples.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .filter(entry -> entry.getKey().labels().entrySet().containsAll(wanted.entrySet()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The label sets of a name. */
  Set<Map<String, String>> labelSets(String name) {
    return samples.keySet().stream()
        .filter(series -> series.name().equals(name))
        .map(Series::labels)
        .collect(Collectors.toSet());
  }

  /** The label names of a name's series; all have the same ones. */
  Set<String> labelNames(String name) {
    List<Set<String>> names = labelSets(name).stream().map(Map::keySet).distinct().toList();
    if (names.size() != 1) {
      throw new AssertionError(name + " has series with labels " + names);
    }
    return names.get(0);
  }

  /** Upper bounds of a histogram's buckets, as written, in their order. */
  List<String> bounds(String histogram) {
    return samples.keySet().stream()
        .filter(series -> series.name().equals(histogram + "_bucket"))
        .map(series -> String.valueOf(series.labels().get("le")))
        .distinct()
        .toList();
  }

  private static Map<String, String> pairs(String... labels) {
    Map<String, String> pairs = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      pairs.put(labels[i], labels[i + 1]);
    }
    return pairs;
  }

  /** Names of all series, suffixes included. */
  Set<String> names() {
    return samples.keySet().stream().map(Series::name).collect(Collectors.toSet());
  }

  static Set<String> set(String words) {
    return Arrays.stream(words.split(" ", -1)).collect(Collectors.toSet());
  }
}
