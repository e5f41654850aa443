package io.ergane.controllers.serving.plan;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a pod asks of a node, as the scheduler counts it: containers together with init containers
 * that keep running; or the greatest init container with those that keep running before it, if that
 * is more; plus the overhead. A container without a request for a resource asks for its limit.
 */
final class PodRequests {
  private PodRequests() {}

  static Map<String, ResourceAmount> of(Map<String, Object> podSpec) {
    Map<String, ResourceAmount> sidecars = new TreeMap<>();
    Map<String, ResourceAmount> starting = new TreeMap<>();
    for (Object container : RoleTree.list(podSpec.get("initContainers"))) {
      Map<String, Object> init = RoleTree.tree(container);
      boolean keepsRunning = "Always".equals(init.get("restartPolicy"));
      Map<String, ResourceAmount> now = new TreeMap<>(sidecars);
      add(now, ofContainer(init));
      now.forEach((name, amount) -> starting.merge(name, amount, ResourceAmount::max));
      if (keepsRunning) add(sidecars, ofContainer(init));
    }
    Map<String, ResourceAmount> total = new TreeMap<>(sidecars);
    for (Object container : RoleTree.list(podSpec.get("containers"))) {
      add(total, ofContainer(RoleTree.tree(container)));
    }
    starting.forEach((name, amount) -> total.merge(name, amount, ResourceAmount::max));
    add(total, quantities(podSpec.get("overhead")));
    return total;
  }

  /** Adds amounts by name. */
  static void add(Map<String, ResourceAmount> total, Map<String, ResourceAmount> more) {
    more.forEach((name, amount) -> total.merge(name, amount, ResourceAmount::plus));
  }

  private static Map<String, ResourceAmount> ofContainer(Map<String, Object> container) {
    Map<String, Object> resources = RoleTree.tree(container.get("resources"));
    Map<String, ResourceAmount> asked = quantities(resources.get("limits"));
    asked.putAll(quantities(resources.get("requests")));
    return asked;
  }

  private static Map<String, ResourceAmount> quantities(@Nullable Object tree) {
    Map<String, ResourceAmount> quantities = new TreeMap<>();
    for (Map.Entry<String, Object> entry : List.copyOf(RoleTree.tree(tree).entrySet())) {
      ResourceAmount quantity = ResourceAmount.parse(entry.getValue());
      if (quantity != null) quantities.put(entry.getKey(), quantity);
    }
    return quantities;
  }
}
