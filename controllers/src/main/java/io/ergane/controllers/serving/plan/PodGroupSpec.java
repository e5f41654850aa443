package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.GangPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.NetworkTopology;
import io.ergane.api.NetworkTopology.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The spec of the PodGroup of a ServingGroup. */
final class PodGroupSpec {
  private static final String MIN_RESOURCES = "minResources";
  private static final List<String> OWN =
      List.of("minMember", MIN_RESOURCES, "queue", "networkTopology", "subGroupPolicy");
  private static final String DEFAULT_QUEUE = "default";

  private final ModelServing serving;
  private final boolean subGroups;

  PodGroupSpec(ModelServing serving, boolean subGroups) {
    this.serving = serving;
    this.subGroups = subGroups;
  }

  /** The fields that are ours, for a group of that layout. */
  Map<String, Object> of(List<Wanted> layout) {
    Map<String, Object> spec = new LinkedHashMap<>();
    long members = 0;
    Map<String, ResourceAmount> resources = new TreeMap<>();
    for (Wanted wanted : layout) {
      int replicas = atLeast(wanted);
      members += (long) replicas * wanted.template().pods();
      PodRequests.add(resources, times(replicas, requests(wanted.template())));
    }
    spec.put("minMember", members);
    Map<String, Object> amounts = new TreeMap<>();
    resources.forEach((name, amount) -> amounts.put(name, amount.toString()));
    if (!amounts.isEmpty()) spec.put(MIN_RESOURCES, amounts);
    String queue = serving.metadata().annotations().getOrDefault(Names.QUEUE, "");
    if (!queue.isEmpty()) spec.put("queue", queue);
    NetworkTopology topology = serving.spec().template().networkTopology();
    Policy ofGroup = topology == null ? null : topology.effectiveGroupPolicy();
    if (ofGroup != null) spec.put("networkTopology", tree(ofGroup));
    if (subGroups) {
      spec.put("subGroupPolicy", layout.stream().map(this::subGroup).toList());
    }
    return spec;
  }

  private int atLeast(Wanted wanted) {
    GangPolicy gang = serving.spec().template().gangPolicy();
    Map<String, Integer> least = gang == null ? null : gang.minRoleReplicas();
    int given =
        least == null ? wanted.replicas() : least.getOrDefault(wanted.role(), wanted.replicas());
    return Math.clamp(given, 0, wanted.replicas());
  }

  private static Map<String, ResourceAmount> requests(Template template) {
    Role role = template.role();
    Map<String, ResourceAmount> all = new TreeMap<>(PodRequests.of(role.entryTemplate().spec()));
    if (role.workerTemplate() != null) {
      Map<String, ResourceAmount> worker = PodRequests.of(role.workerTemplate().spec());
      PodRequests.add(all, times(template.pods() - 1, worker));
    }
    return all;
  }

  private static Map<String, ResourceAmount> times(
      int factor, Map<String, ResourceAmount> amounts) {
    Map<String, ResourceAmount> product = new TreeMap<>();
    if (factor > 0) amounts.forEach((name, amount) -> product.put(name, amount.times(factor)));
    return product;
  }

  private Map<String, Object> subGroup(Wanted wanted) {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", wanted.role());
    policy.put(
        "labelSelector",
        Map.of(
            "matchLabels",
            Map.of(Names.NAME, serving.metadata().name(), Names.ROLE, wanted.role())));
    policy.put("matchLabelKeys", List.of(Names.ROLE_ID));
    policy.put("subGroupSize", (long) wanted.template().pods());
    policy.put("minSubGroups", (long) atLeast(wanted));
    NetworkTopology topology = serving.spec().template().networkTopology();
    Policy ofRole = topology == null ? null : topology.rolePolicy();
    if (ofRole != null) policy.put("networkTopology", tree(ofRole));
    return policy;
  }

  private static Map<String, Object> tree(Policy policy) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("mode", policy.mode().text());
    if (policy.highestTierAllowed() != null) {
      tree.put("highestTierAllowed", (long) policy.highestTierAllowed());
    }
    if (policy.highestTierName() != null) tree.put("highestTierName", policy.highestTierName());
    return tree;
  }

  /** The whole spec with our fields as they should be; null if it is as it should be. */
  @Nullable Map<String, Object> update(Map<String, Object> observed, Map<String, Object> wanted) {
    boolean same = true;
    Map<String, Object> spec = RoleTree.tree(observed);
    for (String field : OWN) {
      if (field.equals("subGroupPolicy") && !subGroups) continue;
      Object value = wanted.get(field);
      same &= same(field, spec.get(field), value);
      if (value == null) spec.remove(field);
      else spec.put(field, value);
    }
    return same ? null : spec;
  }

  private static boolean same(String field, @Nullable Object is, @Nullable Object wanted) {
    if (wanted == null) return is == null || (field.equals("queue") && is.equals(DEFAULT_QUEUE));
    if (is == null) return false;
    if (field.equals(MIN_RESOURCES)) {
      return Canonical.text(Map.of(field, is)).equals(Canonical.text(Map.of(field, wanted)));
    }
    return covers(is, wanted);
  }

  /** Whether all that is wanted is there; what the API server added by itself does not matter. */
  private static boolean covers(@Nullable Object is, Object wanted) {
    if (wanted instanceof Map<?, ?> fields) {
      return is instanceof Map<?, ?> map
          && fields.entrySet().stream().allMatch(e -> covers(map.get(e.getKey()), e.getValue()));
    }
    if (wanted instanceof List<?> items) {
      if (!(is instanceof List<?> list) || list.size() != items.size()) return false;
      List<Boolean> each = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) each.add(covers(list.get(i), items.get(i)));
      return !each.contains(false);
    }
    return Canonical.text(is).equals(Canonical.text(wanted));
  }
}
