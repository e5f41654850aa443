package io.ergane.core.schedule.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * A plugin's arguments as text, read by type. What cannot be used is a problem in words, and the
 * default stands in its place.
 */
final class Arguments {
  private final String plugin;
  private final SortedMap<String, String> values;
  private final TreeSet<String> accepted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final List<String> problems = new ArrayList<>();

  Arguments(String plugin, SortedMap<String, String> values) {
    this.plugin = plugin;
    this.values = values;
  }

  /** A whole number above zero; Kthena's plugins take their default for anything else. */
  int positive(String name, int fallback) {
    accepted.add(name);
    String text = lookup(name);
    if (text == null) {
      return fallback;
    }
    try {
      int value = Integer.parseInt(text.strip());
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, with the numbers that are too small.
    }
    problems.add(
        "%s: %s is '%s', a whole number above 0 is accepted; %d is used"
            .formatted(plugin, name, text, fallback));
    return fallback;
  }

  /** A number from 0 to 1. */
  float share(String name, float fallback) {
    accepted.add(name);
    String text = lookup(name);
    if (text == null) {
      return fallback;
    }
    try {
      float value = Float.parseFloat(text.strip());
      if (value >= 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, with the numbers out of range.
    }
    problems.add(
        "%s: %s is '%s', a number from 0 to 1 is accepted; %s is used"
            .formatted(plugin, name, text, fallback));
    return fallback;
  }

  /** An argument that older configurations carry and that changes nothing here. */
  void unused(String name) {
    accepted.add(name);
  }

  /** All problems, unknown argument names included. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    for (String name : values.keySet()) {
      if (!accepted.contains(name)) {
        all.add(
            "%s: unknown argument '%s'; accepted are %s"
                .formatted(plugin, name, accepted.isEmpty() ? "none" : accepted));
      }
    }
    return all;
  }

  private @org.jspecify.annotations.Nullable String lookup(String name) {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return null;
  }
}
