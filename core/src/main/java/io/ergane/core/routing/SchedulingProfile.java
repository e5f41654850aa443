package io.ergane.core.routing;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which plugins decide, in which order and with which arguments; the value behind the router's
 * configuration file.
 *
 * @param filters names in run order
 * @param scorers names with weights
 * @param picker name of the picker
 * @param arguments plugin name to its arguments, argument names in lower case
 */
public record SchedulingProfile(
    List<String> filters,
    List<WeightedScorer> scorers,
    String picker,
    SortedMap<String, SortedMap<String, String>> arguments) {

  /** Best total first; equal totals in random order. */
  public static final String DEFAULT_PICKER = "max-score";

  /**
   * What holds without a router configuration: the plugins of Kthena's chart, with a prompt that an
   * engine holds worth as much as the other three scores together, so that prompts stay where they
   * are until that engine's queue fills.
   */
  public static final SchedulingProfile DEFAULT =
      new SchedulingProfile(
          List.of("least-request"),
          List.of(
              new WeightedScorer("least-request", 1),
              new WeightedScorer("gpu-usage", 1),
              new WeightedScorer("least-latency", 1),
              new WeightedScorer("prefix-cache", 3)),
          DEFAULT_PICKER,
          Collections.emptySortedMap());

  public SchedulingProfile {
    filters = List.copyOf(filters);
    scorers = List.copyOf(scorers);
    TreeMap<String, SortedMap<String, String>> copy = new TreeMap<>();
    arguments.forEach(
        (name, args) -> copy.put(name, Collections.unmodifiableSortedMap(new TreeMap<>(args))));
    arguments = Collections.unmodifiableSortedMap(copy);
  }

  /** Arguments of a plugin, empty when it has none. */
  public SortedMap<String, String> argumentsOf(String plugin) {
    return arguments.getOrDefault(plugin, Collections.emptySortedMap());
  }

  /**
   * A scorer and its factor in the total.
   *
   * @param weight 0 or more
   */
  public record WeightedScorer(String name, int weight) {}
}
