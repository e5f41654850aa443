package io.ergane.simulator.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.simulator.model.PseudoTokens;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names an engine answers to: its models and the adapters loaded now. */
final class ServedModels {
  /**
   * A served name.
   *
   * @param escaped the name escaped for JSON
   * @param opening first words of its answers
   * @param seed keeps the cached prompts of adapters apart
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Served(String name, String escaped, byte[][] opening, long seed) {}

  private final EngineSettings settings;
  private final Map<String, Served> served = new HashMap<>();
  private final Map<String, String> adapters = new LinkedHashMap<>();

  ServedModels(EngineSettings settings) {
    this.settings = settings;
    settings.models().forEach(name -> serve(name, base()));
    settings.loras().forEach(name -> load(name, "/adapters/" + name));
  }

  @Nullable Served find(String name) {
    return served.get(name);
  }

  String base() {
    return settings.models().getFirst();
  }

  /** Names of the loaded adapters in order of loading. */
  Set<String> adapters() {
    return adapters.keySet();
  }

  Map<String, String> adapterPaths() {
    return adapters;
  }

  /** Returns false if the name is served already. */
  boolean load(String adapter, String path) {
    if (served.containsKey(adapter)) {
      return false;
    }
    serve(adapter, adapter);
    adapters.put(adapter, path);
    return true;
  }

  /** Returns false if no adapter of that name is loaded. */
  boolean unload(String adapter) {
    if (adapters.remove(adapter) == null) {
      return false;
    }
    served.remove(adapter);
    return true;
  }

  /** The model list as the engine gives it. */
  JsonNode list(long createdSeconds) {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (String name : settings.models()) {
      entry(data, name, name, null, createdSeconds);
    }
    adapters.forEach((name, path) -> entry(data, name, path, base(), createdSeconds));
    return list;
  }

  private void entry(
      ArrayNode data, String id, String root, @Nullable String parent, long createdSeconds) {
    data.addObject()
        .put("id", id)
        .put("object", "model")
        .put("created", createdSeconds)
        .put("owned_by", settings.flavour().owner())
        .put("root", root)
        .put("parent", parent)
        .put("max_model_len", settings.model().kvTokens());
  }

  private void serve(String name, String cacheName) {
    String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(name));
    byte[][] opening = AnswerText.opening(settings.name(), name);
    served.put(name, new Served(name, escaped, opening, PseudoTokens.seed(cacheName)));
  }
}
