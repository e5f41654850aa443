package io.ergane.controllers.serving.plan;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.PodTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Roles as the JSON trees that ControllerRevisions hold, in the form of the ModelServing's spec.
 */
final class RoleTree {
  private RoleTree() {}

  /** The whole role. */
  static Map<String, Object> of(Role role) {
    Map<String, Object> tree = new LinkedHashMap<>(template(role));
    tree.put("replicas", (long) role.replicas());
    tree.put("maxUnavailable", of(role.maxUnavailable()));
    if (role.partition() != null) tree.put("partition", of(role.partition()));
    return tree;
  }

  /** What a revision is about: the role without replicas, maxUnavailable and partition. */
  static Map<String, Object> template(Role role) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", role.name());
    tree.put("entryTemplate", of(role.entryTemplate()));
    tree.put("workerReplicas", (long) role.workerReplicas());
    if (role.workerTemplate() != null) tree.put("workerTemplate", of(role.workerTemplate()));
    return tree;
  }

  private static Map<String, Object> of(PodTemplate template) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("labels", template.labels());
    metadata.put("annotations", template.annotations());
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("metadata", metadata);
    tree.put("spec", template.spec());
    return tree;
  }

  private static Object of(IntOrPercent value) {
    if (value.percent()) return value.toString();
    return (long) value.amount();
  }

  /**
   * The roles in the data of a ControllerRevision: a list under {@code data}, or the bare list.
   * Null if it is neither or a role is broken.
   */
  static @Nullable List<Role> roles(@Nullable Object data) {
    Object list = data instanceof Map<?, ?> map ? map.get("data") : data;
    if (!(list instanceof List<?> items) || items.isEmpty()) return null;
    List<Role> roles = new ArrayList<>();
    for (Object item : items) {
      Role role = item instanceof Map<?, ?> map ? role(map) : null;
      if (role == null) return null;
      roles.add(role);
    }
    return roles;
  }

  private static @Nullable Role role(Map<?, ?> tree) {
    PodTemplate entry = podTemplate(tree.get("entryTemplate"));
    if (!(tree.get("name") instanceof String name) || entry == null) return null;
    return new Role(
        name,
        number(tree.get("replicas"), 1),
        entry,
        number(tree.get("workerReplicas"), 0),
        podTemplate(tree.get("workerTemplate")),
        IntOrPercent.of(1),
        null);
  }

  private static @Nullable PodTemplate podTemplate(@Nullable Object tree) {
    if (!(tree instanceof Map<?, ?> map)) return null;
    Map<?, ?> metadata = map.get("metadata") instanceof Map<?, ?> given ? given : Map.of();
    return new PodTemplate(
        texts(metadata.get("labels")), texts(metadata.get("annotations")), tree(map.get("spec")));
  }

  private static int number(@Nullable Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  private static Map<String, String> texts(@Nullable Object tree) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  /** A copy of a map that may be changed at its first level; empty for anything but a map. */
  static Map<String, Object> tree(@Nullable Object value) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Object item = entry.getValue();
        if (item != null) tree.put(String.valueOf(entry.getKey()), item);
      }
    }
    return tree;
  }

  /** The items of a list; none for anything but a list. */
  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
