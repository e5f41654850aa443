package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing.Role;
import io.ergane.api.ServingGroupStatus;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import io.ergane.controllers.serving.plan.Revisions.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sorts pods into ServingGroups and role replicas, by the labels of those that are ours. */
final class Groups {
  private final Settings settings;
  private final Revisions revisions;
  private final Layout layout;
  private final Map<String, ServingGroupStatus> memory = new HashMap<>();
  private final List<String> roleOrder;

  Groups(Settings settings, Revisions revisions, Layout layout) {
    this.settings = settings;
    this.revisions = revisions;
    this.layout = layout;
    settings.serving().status().groups().forEach(group -> memory.put(group.name(), group));
    roleOrder = settings.serving().spec().template().roles().stream().map(Role::name).toList();
  }

  private record Key(String role, int ordinal) {}

  /** The groups that exist, by ordinal. */
  List<Group> of(List<ObservedPod> pods) {
    SortedMap<Integer, Map<Key, SortedMap<Integer, ObservedPod>>> found = new TreeMap<>();
    for (ObservedPod pod : pods) if (settings.owns(pod.ownerUid())) place(pod, found);
    List<Group> groups = new ArrayList<>();
    found.forEach((ordinal, replicas) -> groups.add(group(ordinal, replicas)));
    if (layout.ofNew(Integer.MAX_VALUE).stream().allMatch(wanted -> wanted.replicas() == 0)) {
      addEmpty(groups);
    }
    return groups;
  }

  /** A group without any pods exists as soon as it is wanted. */
  private void addEmpty(List<Group> groups) {
    Set<Integer> taken = groups.stream().map(Group::ordinal).collect(Collectors.toSet());
    for (int i = 0; i < settings.groups() && groups.size() < settings.groups(); i++) {
      if (taken.contains(i)) continue;
      String name = Names.group(settings.name(), i);
      groups.add(new Group(i, name, List.of(), false, layout.ofNew(i), memory.get(name)));
    }
    groups.sort(Comparator.comparingInt(Group::ordinal));
  }

  private void place(
      ObservedPod pod, SortedMap<Integer, Map<Key, SortedMap<Integer, ObservedPod>>> found) {
    String group = pod.labels().getOrDefault(Names.GROUP, "");
    String role = pod.labels().getOrDefault(Names.ROLE, "");
    String id = pod.labels().getOrDefault(Names.ROLE_ID, "");
    int ordinal = Names.ordinal(settings.name(), group);
    int replica = Names.ordinal(role, id);
    int index = Names.ordinal(group + "-" + id, pod.name());
    if (ordinal < 0 || replica < 0 || index < 0) return;
    found
        .computeIfAbsent(ordinal, _ -> new HashMap<>())
        .computeIfAbsent(new Key(role, replica), _ -> new TreeMap<>())
        .put(index, pod);
  }

  private Group group(int ordinal, Map<Key, SortedMap<Integer, ObservedPod>> found) {
    String name = Names.group(settings.name(), ordinal);
    ServingGroupStatus remembered = memory.get(name);
    List<Replica> replicas = new ArrayList<>();
    found.forEach((key, pods) ->
        replicas.add(replica(name, key.role(), key.ordinal(), pods, memoryOf(remembered, key))));
    if (remembered != null) addGone(remembered, found, replicas);
    replicas.sort(
        Comparator.comparingInt((Replica r) -> place(r.role()))
            .thenComparing(Replica::role)
            .thenComparingInt(Replica::ordinal));
    List<Replica> existing = replicas.stream().filter(Replica::exists).toList();
    boolean outdated = outdated(existing);
    List<Wanted> wanted = layout.of(ordinal, existing, outdated, remembered);
    return new Group(ordinal, name, List.copyOf(replicas), outdated, wanted, remembered);
  }

  private int place(String role) {
    int place = roleOrder.indexOf(role);
    return place < 0 ? Integer.MAX_VALUE : place;
  }

  private static @Nullable RoleReplica memoryOf(@Nullable ServingGroupStatus group, Key key) {
    if (group == null) return null;
    String id = Names.roleId(key.role(), key.ordinal());
    return group.roles().stream().filter(r -> r.id().equals(id)).findFirst().orElse(null);
  }

  /** Adds what is remembered and has no pod left. */
  private void addGone(
      ServingGroupStatus group,
      Map<Key, SortedMap<Integer, ObservedPod>> found,
      List<Replica> replicas) {
    for (RoleReplica replica : group.roles()) {
      int dash = replica.id().lastIndexOf('-');
      if (dash < 0) continue;
      String role = replica.id().substring(0, dash);
      int ordinal = Names.ordinal(role, replica.id());
      if (ordinal < 0 || found.containsKey(new Key(role, ordinal))) continue;
      replicas.add(replica(group.name(), role, ordinal, new TreeMap<>(), replica));
    }
  }

  private Replica replica(
      String group,
      String role,
      int ordinal,
      SortedMap<Integer, ObservedPod> pods,
      @Nullable RoleReplica memory) {
    Verdict verdict = Verdict.CURRENT;
    for (ObservedPod pod : pods.values()) {
      Verdict ofPod = revisions.verdict(pod, role);
      if (ofPod == Verdict.OUTDATED || verdict == Verdict.CURRENT) verdict = ofPod;
    }
    return new Replica(group, role, ordinal, pods, memory, template(role, pods, verdict), verdict);
  }

  private @Nullable Template template(
      String role, SortedMap<Integer, ObservedPod> pods, Verdict verdict) {
    if (pods.isEmpty()) return null;
    String revision = pods.values().iterator().next().labels().getOrDefault(Names.REVISION, "");
    Role made = revisions.role(revision, role);
    if (made != null) return new Template(revision, made);
    Role wanted = revisions.role(role);
    return verdict == Verdict.CURRENT && wanted != null
        ? new Template(revisions.update(), wanted)
        : null;
  }

  /**
   * Whether a group is not of the spec's revision. Pods of an older revision whose own role did not
   * change are none the worse for it; only if all are of an older one that had other roles, the
   * group lacks what is new.
   */
  private boolean outdated(List<Replica> replicas) {
    if (replicas.stream().anyMatch(Replica::outdated)) return true;
    if (settings.byRole()) return false;
    boolean renewed =
        replicas.stream()
            .flatMap(replica -> replica.pods().stream())
            .anyMatch(pod -> revisions.update().equals(pod.labels().get(Names.REVISION)));
    String revision = Layout.mainRevision(replicas);
    List<Role> made = revision == null ? null : revisions.roles(revision);
    return !renewed
        && made != null
        && !made.stream().map(Role::name).collect(Collectors.toSet()).containsAll(roleOrder);
  }
}
