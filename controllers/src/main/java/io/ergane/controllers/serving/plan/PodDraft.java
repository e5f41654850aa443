package io.ergane.controllers.serving.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A pod that is being made; plugins change it. */
final class PodDraft {
  private static final List<String> CONTAINER_LISTS = List.of("initContainers", "containers");

  private final String name;
  private final Map<String, String> labels;
  private final Map<String, String> annotations;
  private final Map<String, Object> spec;

  PodDraft(
      String name,
      Map<String, String> labels,
      Map<String, String> annotations,
      Map<String, Object> spec) {
    this.name = name;
    this.labels = new LinkedHashMap<>(labels);
    this.annotations = new LinkedHashMap<>(annotations);
    this.spec = RoleTree.tree(spec);
  }

  String name() {
    return name;
  }

  Map<String, String> labels() {
    return labels;
  }

  Map<String, String> annotations() {
    return annotations;
  }

  Map<String, Object> spec() {
    return spec;
  }

  /** Appends variables to every container and init container. */
  void appendEnv(List<?> variables) {
    changeEnv(env -> {
      List<Object> all = new ArrayList<>(env);
      all.addAll(variables);
      return all;
    });
  }

  /** Sets variables in every container and init container, at the end. */
  void setEnv(Map<String, String> variables) {
    Set<String> names = variables.keySet();
    List<Map<String, String>> entries =
        variables.entrySet().stream()
            .map(entry -> Map.of("name", entry.getKey(), "value", entry.getValue()))
            .toList();
    changeEnv(env -> {
      List<Object> all =
          env.stream()
              .filter(item -> !(item instanceof Map<?, ?> map && names.contains(map.get("name"))))
              .collect(Collectors.toCollection(ArrayList::new));
      all.addAll(entries);
      return all;
    });
  }

  private void changeEnv(Function<List<?>, List<?>> change) {
    for (String key : CONTAINER_LISTS) {
      if (!(spec.get(key) instanceof List<?> containers)) continue;
      List<Object> changed = new ArrayList<>();
      for (Object container : containers) {
        Map<String, Object> copy = RoleTree.tree(container);
        copy.put("env", change.apply(RoleTree.list(copy.get("env"))));
        changed.add(copy);
      }
      spec.put(key, changed);
    }
  }

  Change.CreatePod change() {
    return new Change.CreatePod(name, labels, annotations, spec);
  }
}
