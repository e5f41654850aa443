package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing.Role;
import io.ergane.api.ServingGroupStatus;
import io.ergane.api.ServingGroupStatus.ReplicaState;
import io.ergane.api.ServingGroupStatus.RoleReplica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which roles a ServingGroup should have, made from what.
 *
 * <p>A group of the spec's revision has the roles of the spec. A group that keeps an older revision
 * has the roles of that one and those it was given since, as many replicas of each as the spec
 * says. A group that is to be replaced as a whole stays as it is until its turn: scaling it first
 * would be work and capacity lost.
 */
final class Layout {
  private final Settings settings;
  private final Revisions revisions;

  Layout(Settings settings, Revisions revisions) {
    this.settings = settings;
    this.revisions = revisions;
  }

  /** The layout of a group that does not exist. */
  List<Wanted> ofNew(int ordinal) {
    String current = settings.serving().status().currentRevision();
    List<Role> kept = current == null ? null : revisions.roles(current);
    if (!settings.keepsRevision(ordinal) || kept == null || current == null) return ofSpec();
    return kept.stream().map(role -> wanted(new Template(current, role))).toList();
  }

  /** The layout of a group that exists. */
  List<Wanted> of(
      int ordinal, List<Replica> replicas, boolean outdated, @Nullable ServingGroupStatus memory) {
    boolean keeps = settings.keepsRevision(ordinal);
    if (!outdated || (settings.byRole() && !keeps)) return ofSpec();
    String revision = mainRevision(replicas);
    List<Role> roles = revision == null ? null : revisions.roles(revision);
    if (roles == null || revision == null) {
      return keeps ? ofSpec() : asItIs(ofSpec(), replicas, memory);
    }
    Map<String, Template> own = new LinkedHashMap<>();
    for (Role role : roles) own.put(role.name(), new Template(revision, role));
    for (Replica replica : replicas) {
      Template used = templateInUse(replica.role(), replicas);
      if (used != null) own.put(replica.role(), used);
    }
    List<Wanted> wanted = own.values().stream().map(this::wanted).toList();
    return keeps ? wanted : asItIs(wanted, replicas, memory);
  }

  private List<Wanted> ofSpec() {
    String current = settings.serving().status().currentRevision();
    boolean older = current != null && !current.equals(revisions.update());
    List<Wanted> wanted = new ArrayList<>();
    for (Role role : settings.serving().spec().template().roles()) {
      Role kept = older && current != null ? revisions.role(current, role.name()) : null;
      wanted.add(
          new Wanted(
              Math.max(0, role.replicas()),
              new Template(revisions.update(), role),
              settings.rolePartition(role),
              kept == null || current == null ? null : new Template(current, kept),
              null));
    }
    return wanted;
  }

  private Wanted wanted(Template template) {
    Role now = revisions.role(template.role().name());
    int replicas = now == null ? template.role().replicas() : now.replicas();
    return new Wanted(Math.max(0, replicas), template, 0, null, null);
  }

  private static List<Wanted> asItIs(
      List<Wanted> roles, List<Replica> replicas, @Nullable ServingGroupStatus memory) {
    List<Wanted> same = new ArrayList<>();
    for (Wanted role : roles) {
      Set<Integer> only = new TreeSet<>(memory == null ? likely(role) : remembered(role, memory));
      replicas.stream()
          .filter(replica -> replica.role().equals(role.role()))
          .forEach(replica -> only.add(replica.ordinal()));
      same.add(new Wanted(only.size(), role.template(), 0, null, only));
    }
    return same;
  }

  /** Ordinals that a group had without doubt, when nothing is remembered of it. */
  private static List<Integer> likely(Wanted role) {
    int had = Math.min(role.replicas(), role.template().role().replicas());
    return IntStream.range(0, had).boxed().toList();
  }

  /**
   * Ordinals that a group had; one that is being deleted comes back unless the role scales down.
   */
  private static List<Integer> remembered(Wanted role, ServingGroupStatus memory) {
    List<Integer> ordinals = new ArrayList<>();
    for (RoleReplica replica : memory.roles()) {
      int ordinal = Names.ordinal(role.role(), replica.id());
      boolean goes = replica.state() == ReplicaState.DELETING && ordinal >= role.replicas();
      if (ordinal >= 0 && !goes) ordinals.add(ordinal);
    }
    return ordinals;
  }

  /** The revision of most pods of a role, with the role as it is in that revision. */
  private @Nullable Template templateInUse(String role, List<Replica> replicas) {
    List<Replica> ofRole = replicas.stream().filter(r -> r.role().equals(role)).toList();
    String revision = mainRevision(ofRole);
    Role used = revision == null ? null : revisions.role(revision, role);
    return used == null || revision == null ? null : new Template(revision, used);
  }

  /** The revision of most pods; of the first by name when several are as frequent. */
  static @Nullable String mainRevision(List<Replica> replicas) {
    Map<String, Long> counts =
        replicas.stream()
            .flatMap(replica -> replica.pods().stream())
            .map(pod -> pod.labels().get(Names.REVISION))
            .filter(Objects::nonNull)
            .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }
}
