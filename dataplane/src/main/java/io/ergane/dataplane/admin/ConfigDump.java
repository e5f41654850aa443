package io.ergane.dataplane.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Encoding;
import io.ergane.api.ObjectName;
import io.ergane.api.Pod;
import io.ergane.api.Resource;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.Signal;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Dataplane.State;
import io.ergane.dataplane.Dataplane.Watched;
import io.ergane.dataplane.PoolRuntime;
import io.ergane.dataplane.admin.AdminServer.Answer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Kthena's {@code /debug/config_dump/}: {@code KIND} lists, {@code namespaces/NS/KIND/NAME} shows
 * one.
 */
final class ConfigDump implements AdminServer.Page {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Kthena's plural words and the kind that its "not found" names. */
  private static final Map<String, String> KINDS =
      Map.of(
          "modelroutes", "ModelRoute",
          "modelservers", "ModelServer",
          "pods", "Pod",
          "gateways", "Gateway",
          "httproutes", "HTTPRoute",
          "inferencepools", "InferencePool");

  private final Dataplane dataplane;

  ConfigDump(Dataplane dataplane) {
    this.dataplane = dataplane;
  }

  @Override
  public Answer apply(String path) {
    String[] parts = path.split("/", -1);
    State state = dataplane.state();
    if (parts.length == 1 && KINDS.containsKey(parts[0])) {
      return Answer.json(200, list(state, parts[0]).toString());
    }
    if (parts.length >= 3 && parts[0].equals("namespaces") && KINDS.containsKey(parts[2])) {
      if (parts.length != 4 || parts[1].isEmpty() || parts[3].isEmpty()) {
        return error(400, "namespace and name parameters are required");
      }
      ObjectNode found = show(state, parts[2], new ObjectName(parts[1], parts[3]));
      return found == null
          ? error(404, KINDS.get(parts[2]) + " not found")
          : Answer.json(200, found.toString());
    }
    return error(404, "no such dump; there are " + new TreeSet<>(KINDS.keySet()));
  }

  private static Answer error(int status, String message) {
    return Answer.json(status, JSON.objectNode().put("error", message).toString());
  }

  private ObjectNode list(State state, String plural) {
    ArrayNode items = JSON.arrayNode();
    String kind = KINDS.get(plural);
    state.compilation().inForce().values().stream()
        .filter(resource -> resource.kind().equals(kind))
        .map(Resource::name)
        .sorted()
        .map(name -> show(state, plural, name))
        .filter(Objects::nonNull)
        .forEach(item -> {
          item.remove("podInfo");
          items.add(item);
        });
    ObjectNode wrapper = JSON.objectNode();
    return items.isEmpty() ? wrapper.putNull(plural) : wrapper.set(plural, items);
  }

  private @Nullable ObjectNode show(State state, String plural, ObjectName name) {
    Resource resource = state.compilation().inForce().get(KINDS.get(plural) + " " + name);
    if (resource == null) {
      return null;
    }
    ObjectNode node = JSON.objectNode().put("name", name.name()).put("namespace", name.namespace());
    if (resource instanceof Pod pod) {
      return pod(state, node, pod);
    }
    node.set("spec", Encoding.toJson(resource).get("spec"));
    if (plural.equals("modelservers")) {
      PoolRuntime pool = state.pool(name);
      List<String> pods =
          pool == null
              ? List.of()
              : pool.table().rows().stream().map(Endpoint::pod).map(Object::toString).toList();
      node.set("associatedPods", strings(pods));
      node.putNull("decodePods");
      node.putNull("prefillPods");
    }
    return node;
  }

  private ObjectNode pod(State state, ObjectNode node, Pod pod) {
    List<Watched> endpoints =
        state.watched().stream()
            .filter(watched -> watched.endpoint().pod().equals(pod.name()))
            .toList();
    if (!endpoints.isEmpty()) {
      Watched first = endpoints.get(0);
      node.put("engine", first.pool().engine().text());
      node.set("metrics", metrics(first.slot()));
      Set<String> models = dataplane.board().models(first.slot());
      node.set("models", strings(models == null ? List.of() : models.stream().sorted().toList()));
    }
    node.set("modelServers", strings(servers(state, pod.name())));
    JsonNode whole = Encoding.toJson(pod);
    ObjectNode info = node.putObject("podInfo");
    info.set("podIP", whole.at("/status/podIP"));
    info.set("nodeName", whole.at("/spec/nodeName"));
    info.set("phase", whole.at("/status/phase"));
    info.set("startTime", whole.at("/status/startTime"));
    info.set("labels", whole.at("/metadata/labels"));
    return node;
  }

  private ObjectNode metrics(int slot) {
    ObjectNode metrics = JSON.objectNode();
    metrics.put("gpuCacheUsage", read(Signal.KV_USAGE, slot));
    metrics.put("requestWaitingNum", read(Signal.WAITING, slot));
    metrics.put("requestRunningNum", read(Signal.RUNNING, slot));
    metrics.put("tpot", read(Signal.TPOT, slot));
    metrics.put("ttft", read(Signal.TTFT, slot));
    return metrics;
  }

  private float read(Signal signal, int slot) {
    float value = dataplane.board().read(signal, slot, dataplane.now(), Long.MAX_VALUE);
    return Float.isNaN(value) ? 0 : value;
  }

  private static List<String> servers(State state, ObjectName pod) {
    return state.pools().entrySet().stream()
        .filter(entry ->
            entry.getValue().table().rows().stream().anyMatch(row -> row.pod().equals(pod)))
        .map(entry -> entry.getKey().toString())
        .toList();
  }

  private static JsonNode strings(List<String> values) {
    if (values.isEmpty()) {
      return JSON.nullNode();
    }
    ArrayNode array = JSON.arrayNode();
    values.forEach(array::add);
    return array;
  }
}
