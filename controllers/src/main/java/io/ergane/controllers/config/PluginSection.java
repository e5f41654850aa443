package io.ergane.controllers.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.controllers.yaml.Document;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.schedule.plugin.PluginRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The plugins that a configuration enables. Names that no plugin has stay out of the profile, with
 * a warning.
 */
final class PluginSection {
  private static final String PATH = "scheduler.plugins.";

  private final Document document;
  private final JsonNode plugins;
  private final SortedMap<String, SortedMap<String, String>> arguments;
  private final Findings findings;
  private final List<String> filters = new ArrayList<>();
  private final Map<String, Integer> weights = new LinkedHashMap<>();
  private String picker = SchedulingProfile.DEFAULT_PICKER;

  PluginSection(
      Document document,
      JsonNode plugins,
      SortedMap<String, SortedMap<String, String>> arguments,
      Findings findings) {
    this.document = document;
    this.plugins = plugins;
    this.arguments = arguments;
    this.findings = findings;
  }

  /** The default plugins with the arguments given. */
  SchedulingProfile defaults() {
    SchedulingProfile preset = SchedulingProfile.DEFAULT;
    return checked(
        new SchedulingProfile(preset.filters(), preset.scorers(), preset.picker(), arguments));
  }

  SchedulingProfile read() {
    enabled("Filter").forEach(this::filter);
    enabled("Score").forEach(this::scorer);
    enabled("Picker").forEach(this::picker);
    List<WeightedScorer> scorers = new ArrayList<>();
    weights.forEach((name, weight) -> scorers.add(new WeightedScorer(name, weight)));
    return checked(new SchedulingProfile(filters, scorers, picker, arguments));
  }

  /** An entry of a list and its path. */
  private record Entry(String path, JsonNode node) {}

  private List<Entry> enabled(String stage) {
    String path = PATH + stage + ".enabled";
    JsonNode list = plugins.path(stage).path("enabled");
    if (!ConfigurationReader.isEmpty(list) && !list.isArray()) {
      findings.error(document.lineOf(path), path + " must be a list.");
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      entries.add(new Entry(path + "." + i, list.get(i)));
    }
    return entries;
  }

  private void filter(Entry entry) {
    if (!entry.node.isTextual()) {
      findings.error(line(entry), "a filter is enabled by its name; found " + entry.node + ".");
      return;
    }
    String name = entry.node.textValue();
    if (isKnown(line(entry), profile(List.of(name), List.of(), picker))) {
      filters.add(name);
    }
  }

  private void scorer(Entry entry) {
    JsonNode weight = entry.node.path("weight");
    String name = entry.node.path("name").asText("");
    boolean whole = weight.isMissingNode() || weight.isNull() || weight.canConvertToInt();
    if (name.isEmpty() || !whole || weight.isTextual()) {
      findings.error(
          line(entry),
          "a scorer is enabled by name and weight, a whole number; found " + entry.node + ".");
      return;
    }
    boolean scorer =
        problems(profile(List.of(), List.of(new WeightedScorer(name, 1)), picker)).isEmpty();
    if (!scorer && problems(profile(List.of(), List.of(), name)).isEmpty()) {
      picker = name;
      return;
    }
    int value = weight.asInt(0);
    if (value < 0) {
      findings.warn(
          document.lineOf(entry.path + ".weight"),
          "the weight of '%s' is %d; 0 is used, accepted is 0 or more.".formatted(name, value));
    }
    if (isKnown(line(entry), profile(List.of(), List.of(new WeightedScorer(name, 1)), picker))) {
      weights.remove(name);
      weights.put(name, Math.max(0, value));
    }
  }

  private void picker(Entry entry) {
    String name = entry.node.isObject() ? entry.node.path("name").asText("") : entry.node.asText();
    if (entry.path.endsWith(".0")) {
      if (isKnown(line(entry), profile(List.of(), List.of(), name))) {
        picker = name;
      }
    } else {
      findings.error(line(entry), "one picker decides; found a second one, '" + name + "'.");
    }
  }

  private int line(Entry entry) {
    return document.lineOf(entry.path);
  }

  private boolean isKnown(int line, SchedulingProfile single) {
    List<String> problems = problems(single);
    problems.forEach(problem -> findings.warn(line, problem + ". It is left out."));
    return problems.isEmpty();
  }

  /** Says what else speaks against the profile as a whole: arguments, and plugins side by side. */
  private SchedulingProfile checked(SchedulingProfile profile) {
    for (String problem : problems(profile)) {
      String plugin = problem.contains(":") ? problem.substring(0, problem.indexOf(':')) : "";
      findings.warn(lineOfArguments(plugin), problem + ".");
    }
    return profile;
  }

  private int lineOfArguments(String plugin) {
    JsonNode configs = document.root().path("scheduler").path("pluginConfig");
    for (int i = 0; i < configs.size(); i++) {
      if (configs.get(i).path("name").asText("").equals(plugin)) {
        return document.lineOf("scheduler.pluginConfig." + i + ".args");
      }
    }
    return document.lineOf(PATH + "Score.enabled");
  }

  private static List<String> problems(SchedulingProfile profile) {
    return PluginRegistry.problems(profile);
  }

  /** A profile of one plugin without arguments, to ask whether it exists. */
  private static SchedulingProfile profile(
      List<String> filters, List<WeightedScorer> scorers, String picker) {
    return new SchedulingProfile(filters, scorers, picker, Collections.emptySortedMap());
  }
}
