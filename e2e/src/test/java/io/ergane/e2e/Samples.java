package io.ergane.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Samples of a Prometheus text exposition. */
record Samples(List<Sample> all) {
  private static final Pattern LINE =
      Pattern.compile("([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([A-Za-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  record Sample(String name, Map<String, String> labels, double value) {}

  static Samples parse(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (line.isEmpty() || line.startsWith("#")) continue;
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) throw new IllegalArgumentException("no sample: " + line);
      Map<String, String> labels = new HashMap<>();
      if (matcher.group(2) != null) {
        Matcher label = LABEL.matcher(matcher.group(2));
        while (label.find()) labels.put(label.group(1), label.group(2));
      }
      samples.add(new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3))));
    }
    return new Samples(samples);
  }

  /**
   * Sum of the samples of that name that have all of these labels; 0 for none.
   *
   * @param labels {@code name=value} each
   */
  double sum(String name, String... labels) {
    return all.stream()
        .filter(sample -> sample.name().equals(name) && has(sample, labels))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** The values that a label takes among the samples of a name. */
  Set<String> values(String name, String label) {
    Set<String> values = new TreeSet<>();
    for (Sample sample : all) {
      String value = sample.labels().get(label);
      if (sample.name().equals(name) && value != null) values.add(value);
    }
    return values;
  }

  private static boolean has(Sample sample, String... labels) {
    for (String label : labels) {
      int equals = label.indexOf('=');
      String value = sample.labels().get(label.substring(0, equals));
      if (!label.substring(equals + 1).equals(value)) return false;
    }
    return true;
  }
}
