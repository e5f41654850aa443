package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ServingGroupStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a ModelServing. */
final class StatusWriter {
  private final Settings settings;
  private final Revisions revisions;
  private final Leaving leaving;
  private final List<Group> groups;
  private final List<Creation.Filled> filled;

  StatusWriter(
      Settings settings,
      Revisions revisions,
      Leaving leaving,
      List<Group> groups,
      List<Creation.Filled> filled) {
    this.settings = settings;
    this.revisions = revisions;
    this.leaving = leaving;
    this.groups = groups;
    this.filled = filled;
  }

  ModelServing.Status write(List<ServingGroupStatus> statuses, Set<String> problems, Instant now) {
    ModelServing serving = settings.serving();
    List<Integer> updated = ordinals(group -> !leaving.has(group) && !group.outdated());
    int available = ordinals(group -> group.running(leaving)).size();
    int older = ordinals(group -> !leaving.has(group) && group.outdated()).size();
    boolean done =
        settings.partition() == 0
            && updated.size() == settings.groups()
            && available == settings.groups()
            && groups.size() == settings.groups();
    long generation = serving.metadata().generation();
    return new ModelServing.Status(
        generation,
        groups.size(),
        done ? updated.size() : older,
        updated.size(),
        available,
        currentRevision(),
        revisions.update(),
        labelSelector(),
        new Conditions(serving.status().conditions(), generation, now)
            .of(
                progressing(),
                updated,
                updating(),
                Troubles.of(groups, statuses, problems),
                Troubles.notes(serving)),
        statuses);
  }

  private List<Integer> ordinals(Predicate<Group> which) {
    return groups.stream().filter(which).map(Group::ordinal).toList();
  }

  /** Wanted groups that do not run, and groups that go. */
  private List<Integer> progressing() {
    List<Integer> progressing = new ArrayList<>(ordinals(group -> !group.running(leaving)));
    filled.stream()
        .filter(filling -> !filling.exists())
        .forEach(filling -> progressing.add(filling.ordinal()));
    return progressing.stream().distinct().sorted().toList();
  }

  private boolean updating() {
    return groups.stream().anyMatch(g -> g.outdated() && !settings.keepsRevision(g.ordinal()));
  }

  /**
   * The revision that is being replaced. It is kept while a group has it, and while something is
   * missing that is to be made from it again.
   */
  private String currentRevision() {
    String current = settings.serving().status().currentRevision();
    Map<String, Long> older =
        groups.stream()
            .filter(Group::outdated)
            .map(this::revisionOf)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    if (current != null && (older.containsKey(current) || isMissing(current))) return current;
    return older.entrySet().stream()
        .max(Map.Entry.<String, Long>comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(revisions.update());
  }

  private String revisionOf(Group group) {
    List<Replica> outdated =
        group.replicas().stream()
            .filter(replica -> replica.exists() && replica.outdated())
            .toList();
    String name = Layout.mainRevision(outdated.isEmpty() ? group.replicas() : outdated);
    return name == null ? "" : name;
  }

  private boolean isMissing(String revision) {
    if (revision.equals(revisions.update())) return false;
    boolean slot =
        filled.stream()
            .flatMap(filling -> filling.slots().stream())
            .anyMatch(missing -> missing.template().revision().equals(revision));
    return slot || groups.stream().anyMatch(group -> comesBackAs(group, revision));
  }

  /** Whether something that goes is to be made from this revision again. */
  private boolean comesBackAs(Group group, String revision) {
    if (leaving.isSurplus(group)) return false;
    boolean protectedGroup = settings.keepsRevision(group.ordinal()) && leaving.has(group);
    return (protectedGroup && revisions.roles(revision) != null)
        || group.replicas().stream()
            .filter(replica -> leaving.has(group, replica))
            .anyMatch(replica -> isKept(group.wanted(replica.role()), replica, revision));
  }

  private static boolean isKept(@Nullable Wanted wanted, Replica replica, String revision) {
    return wanted != null && wanted.template(replica.ordinal()).revision().equals(revision);
  }

  private String labelSelector() {
    List<Role> roles = settings.serving().spec().template().roles();
    String role = roles.isEmpty() ? "" : roles.getFirst().name();
    return "%s=true,%s=%s,%s=%s,%s=%s"
        .formatted(
            Names.ENTRY,
            Names.NAME,
            settings.name(),
            Names.ROLE,
            role,
            Names.ROLE_ID,
            Names.roleId(role, 0));
  }
}
