package io.ergane.controllers.serving;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ergane.controllers.serving.Seen.Declared;
import io.ergane.controllers.serving.Seen.Placed;
import io.ergane.controllers.serving.plan.Names;
import io.ergane.controllers.serving.plan.ObservedPod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The page {@code /debug/modelserving/cache}, in Kthena's shape. */
final class DebugText {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private DebugText() {}

  static String of(Collection<Seen<Placed>> pods, Collection<Seen<Declared>> servings) {
    Map<String, Map<String, Object>> all = new TreeMap<>();
    servings.forEach(serving -> all.put(serving.name().toString(), new TreeMap<>()));
    Map<String, Map<String, List<ObservedPod>>> grouped = new TreeMap<>();
    for (Seen<Placed> seen : pods) {
      grouped
          .computeIfAbsent(seen.serving().toString(), _ -> new TreeMap<>())
          .computeIfAbsent(seen.labels().getOrDefault(Names.GROUP, ""), _ -> new ArrayList<>())
          .add(seen.value().pod());
    }
    grouped.forEach((serving, groups) ->
        groups.forEach((name, members) ->
            all.computeIfAbsent(serving, _ -> new TreeMap<>()).put(name, group(name, members))));
    try {
      return JSON.writeValueAsString(all);
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> group(String name, List<ObservedPod> pods) {
    Map<String, Map<String, List<ObservedPod>>> replicas = new TreeMap<>();
    for (ObservedPod pod : pods) {
      replicas
          .computeIfAbsent(label(pod, Names.ROLE), _ -> new TreeMap<>())
          .computeIfAbsent(label(pod, Names.ROLE_ID), _ -> new ArrayList<>())
          .add(pod);
    }
    Map<String, Map<String, Object>> roles = new TreeMap<>();
    replicas.forEach((role, ids) -> {
      Map<String, Object> byId = new TreeMap<>();
      ids.forEach((id, members) -> byId.put(id, replica(id, members)));
      roles.put(role, byId);
    });
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("name", name);
    group.put(
        "runningPods",
        pods.stream().filter(ObservedPod::ready).map(ObservedPod::name).sorted().toList());
    group.put("revision", label(pods.getFirst(), Names.REVISION));
    group.put("status", status(pods));
    group.put("roles", roles);
    return group;
  }

  private static Map<String, Object> replica(String id, List<ObservedPod> pods) {
    Map<String, Object> replica = new LinkedHashMap<>();
    replica.put("name", id);
    replica.put("revision", label(pods.getFirst(), Names.REVISION));
    replica.put("roleTemplateHash", label(pods.getFirst(), Names.ROLE_TEMPLATE_HASH));
    replica.put("status", status(pods));
    return replica;
  }

  private static String status(List<ObservedPod> pods) {
    boolean leaving =
        pods.stream().anyMatch(pod -> pod.terminating() || pod.drainingSince() != null);
    boolean running = pods.stream().allMatch(ObservedPod::ready);
    return leaving ? "Deleting" : running ? "Running" : "Creating";
  }

  private static String label(ObservedPod pod, String key) {
    return pod.labels().getOrDefault(key, "");
  }
}
