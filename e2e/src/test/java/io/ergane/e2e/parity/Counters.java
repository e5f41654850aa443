package io.ergane.e2e.parity;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What metrics of a data plane count, by series: counters, and how many samples histograms have.
 */
record Counters(Map<String, Double> series) {

  /** Those of a page in Prometheus text format. */
  static Counters of(String page) {
    Map<String, Double> series = new TreeMap<>();
    page.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          int at = line.lastIndexOf(' ');
          String key = line.substring(0, at);
          int brace = key.indexOf('{');
          String name = brace < 0 ? key : key.substring(0, brace);
          if (name.endsWith("_total")
              || name.endsWith("_count")
              || name.endsWith("prefix_cache_match_ratio_bucket")) {
            series.put(key, Double.parseDouble(line.substring(at + 1)));
          }
        });
    return new Counters(series);
  }

  /** Series with another value there, each as {@code series: here, there}; missing counts as 0. */
  Map<String, String> differences(Counters there) {
    TreeSet<String> names = new TreeSet<>(series.keySet());
    names.addAll(there.series.keySet());
    Map<String, String> found = new TreeMap<>();
    for (String name : names) {
      double here = series.getOrDefault(name, 0.0);
      double other = there.series.getOrDefault(name, 0.0);
      if (here != other) {
        found.put(name, "%.0f, %.0f".formatted(here, other));
      }
    }
    return found;
  }
}
