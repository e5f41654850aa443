package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ServingGroupStatus;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the controller makes of the objects, for who debugs it: the answer of its debug endpoint.
 */
public final class Inspection {
  private Inspection() {}

  /**
   * The ServingGroups of a ModelServing as a JSON tree: {@code {"ms-0": {"name", "runningPods",
   * "revision", "status", "roles": {"decode": {"decode-0": {"name", "revision", "roleTemplateHash",
   * "status"}}}}}}.
   */
  public static Map<String, Object> of(Observed observed) {
    Settings settings = Settings.of(observed);
    Revisions revisions = new Revisions(observed);
    Layout layout = new Layout(settings, revisions);
    Map<String, Object> tree = new LinkedHashMap<>();
    for (Group group : new Groups(settings, revisions, layout).of(observed.pods())) {
      tree.put(group.name(), group(group, observed.serving()));
    }
    return tree;
  }

  private static Map<String, Object> group(Group group, ModelServing serving) {
    Map<String, Map<String, Object>> roles = new LinkedHashMap<>();
    for (Replica replica : group.replicas()) {
      if (!replica.exists()) continue;
      roles
          .computeIfAbsent(replica.role(), _ -> new LinkedHashMap<>())
          .put(replica.id(), replica(replica));
    }
    List<String> running =
        group.replicas().stream()
            .flatMap(replica -> replica.pods().stream())
            .filter(ObservedPod::serves)
            .map(ObservedPod::name)
            .toList();
    String revision = Layout.mainRevision(group.replicas());
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", group.name());
    tree.put("runningPods", running);
    tree.put("revision", revision == null ? "" : revision);
    tree.put("status", state(group, serving));
    tree.put("roles", roles);
    return tree;
  }

  private static Map<String, Object> replica(Replica replica) {
    Map<String, String> labels = replica.pods().getFirst().labels();
    RoleReplica memory = replica.memory();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", replica.id());
    tree.put("revision", labels.getOrDefault(Names.REVISION, ""));
    tree.put("roleTemplateHash", labels.getOrDefault(Names.ROLE_TEMPLATE_HASH, ""));
    tree.put("status", (memory == null ? Recovery.state(replica) : memory.state()).text());
    return tree;
  }

  private static String state(Group group, ModelServing serving) {
    return serving.status().groups().stream()
        .filter(status -> status.name().equals(group.name()))
        .map(ServingGroupStatus::state)
        .findFirst()
        .orElse(ServingGroupStatus.State.CREATING)
        .text();
  }
}
