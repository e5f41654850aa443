package io.ergane.controllers.kubernetes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Few label selectors that together take in every pod that one of many label maps selects. A label
 * selector cannot say <em>or</em> about different labels, so the maps are grouped by a label that
 * many of them name.
 */
final class PodScopes {
  /** Watches that are worth it; with more, all pods are watched. */
  static final int MOST_SCOPES = 16;

  /** Values that are listed; with more, every pod that carries the label is watched. */
  static final int MOST_VALUES = 50;

  private static final Pattern KEY =
      Pattern.compile(
          "([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
  private static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");

  private PodScopes() {}

  /**
   * The selectors, sorted; none when nothing is selected.
   *
   * @param selectors label maps; those that no pod can match, and empty ones, are passed over
   */
  static Set<String> of(Collection<Map<String, String>> selectors) {
    List<Map<String, String>> left =
        new ArrayList<>(selectors.stream().filter(PodScopes::possible).distinct().toList());
    Set<String> scopes = new TreeSet<>();
    while (!left.isEmpty()) {
      String key = commonest(left);
      Set<String> values = new TreeSet<>();
      for (Map<String, String> each : left) {
        String value = each.get(key);
        if (value != null) {
          values.add(value);
        }
      }
      left.removeIf(each -> each.containsKey(key));
      scopes.add(scope(key, values));
    }
    return scopes.size() > MOST_SCOPES ? Set.of("") : scopes;
  }

  private static boolean possible(Map<String, String> labels) {
    return !labels.isEmpty()
        && labels.entrySet().stream()
            .allMatch(each ->
                KEY.matcher(each.getKey()).matches() && VALUE.matcher(each.getValue()).matches());
  }

  private static String commonest(List<Map<String, String>> selectors) {
    Map<String, Integer> counts = new HashMap<>();
    selectors.forEach(each -> each.keySet().forEach(key -> counts.merge(key, 1, Integer::sum)));
    String best = "";
    for (Map.Entry<String, Integer> entry : new TreeMap<>(counts).entrySet()) {
      if (best.isEmpty() || entry.getValue() > counts.getOrDefault(best, 0)) {
        best = entry.getKey();
      }
    }
    return best;
  }

  private static String scope(String key, Set<String> values) {
    if (values.size() > MOST_VALUES || values.contains("")) {
      return key;
    }
    return key + " in (" + String.join(",", values) + ")";
  }
}
