package io.ergane.controllers.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ergane.controllers.config.RouterConfiguration.Outcome;
import io.ergane.controllers.yaml.Document;
import io.ergane.controllers.yaml.Documents;
import io.ergane.controllers.yaml.Parsed;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads one router configuration. Confined to one call of {@link #read}. */
final class ConfigurationReader {
  private static final int MOST_VALUES = 10_000;
  private static final String FACTOR_PLUGIN = "least-latency";
  private static final String FACTOR = "ttfttpotweightfactor";

  private final Findings findings;

  ConfigurationReader(String file) {
    this.findings = new Findings(file);
  }

  Outcome read(String text) {
    List<Parsed> parsed = Documents.yaml(text, MOST_VALUES);
    Document document = new Document(JsonNodeFactory.instance.objectNode(), 1, Map.of());
    for (Parsed each : parsed) {
      switch (each) {
        case Parsed.Refused(var line, var problem) -> findings.error(line, problem + ".");
        case Parsed.Read(var read) -> document = read;
      }
    }
    if (parsed.size() > 1) {
      findings.error(
          document.line(), "found a second document; accepted is one. Remove the other.");
    }
    if (findings.refused()) {
      return outcome(Optional.empty());
    }
    if (!document.root().isObject()) {
      findings.error(
          document.line(), "found no mapping; accepted are the keys scheduler and auth.");
      return outcome(Optional.empty());
    }
    SchedulingProfile profile = profile(document);
    boolean auth = !isEmpty(document.root().path("auth"));
    return outcome(
        findings.refused()
            ? Optional.empty()
            : Optional.of(new RouterConfiguration(profile, auth)));
  }

  private Outcome outcome(Optional<RouterConfiguration> configuration) {
    return new Outcome(configuration, findings.sorted());
  }

  private SchedulingProfile profile(Document document) {
    JsonNode root = document.root();
    keys(document, root, "", Set.of("scheduler", "auth"));
    JsonNode scheduler = section(document, root, "scheduler", Set.of("pluginConfig", "plugins"));
    SortedMap<String, SortedMap<String, String>> arguments =
        arguments(document, scheduler.path("pluginConfig"));
    JsonNode plugins =
        section(document, scheduler, "scheduler.plugins", Set.of("Filter", "Score", "Picker"));
    PluginSection reader = new PluginSection(document, plugins, arguments, findings);
    return isEmpty(plugins) ? reader.defaults() : reader.read();
  }

  /** A mapping, or nothing where it is left out. */
  private JsonNode section(Document document, JsonNode parent, String path, Set<String> accepted) {
    JsonNode node = parent.path(path.substring(path.lastIndexOf('.') + 1));
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      findings.error(
          document.lineOf(path), "%s must be a mapping with %s.".formatted(path, sorted(accepted)));
    }
    keys(document, node, path + ".", accepted);
    return node;
  }

  private void keys(Document document, JsonNode node, String prefix, Set<String> accepted) {
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!accepted.contains(name)) {
            findings.warn(
                document.lineOf(prefix + name),
                "the key '%s%s' is not known and ignored; accepted are %s."
                    .formatted(prefix, name, sorted(accepted)));
          }
        });
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }

  private SortedMap<String, SortedMap<String, String>> arguments(Document document, JsonNode list) {
    SortedMap<String, SortedMap<String, String>> arguments = new TreeMap<>();
    String path = "scheduler.pluginConfig";
    if (!isEmpty(list) && !list.isArray()) {
      findings.error(document.lineOf(path), path + " must be a list of mappings.");
    }
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      JsonNode entry = list.get(i);
      String at = path + "." + i;
      JsonNode args = entry.path("args");
      if (!entry.isObject() || !entry.path("name").isTextual()) {
        findings.error(
            document.lineOf(at), "an entry of %s must have name and args.".formatted(path));
      } else if (!isEmpty(args) && !args.isObject()) {
        findings.error(document.lineOf(at + ".args"), "args must be a mapping of names to values.");
      } else {
        arguments.put(entry.path("name").textValue(), values(document, at, entry, args));
      }
    }
    return arguments;
  }

  private SortedMap<String, String> values(
      Document document, String at, JsonNode entry, JsonNode args) {
    SortedMap<String, String> values = new TreeMap<>();
    String plugin = entry.path("name").textValue();
    args.properties()
        .forEach(argument -> {
          JsonNode value = argument.getValue();
          String name = argument.getKey().toLowerCase(Locale.ROOT);
          String text = value.isValueNode() ? value.asText() : value.toString();
          values.put(name, text);
          if (plugin.equals(FACTOR_PLUGIN) && name.equals(FACTOR) && !isShare(text)) {
            findings.error(
                document.lineOf(at + ".args." + argument.getKey()),
                "%s: %s is '%s'; accepted is a number from 0 to 1."
                    .formatted(plugin, argument.getKey(), text));
          }
        });
    return values;
  }

  private static boolean isShare(String text) {
    try {
      double value = Double.parseDouble(text.strip());
      return value >= 0 && value <= 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  static boolean isEmpty(JsonNode node) {
    return node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty());
  }
}
