package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.RolloutType;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which revision the spec is, and what is known of older ones. A revision is the ordered list of
 * roles without their counts. Its name is kept for as long as a ControllerRevision, or the status
 * of the same generation, says that the name stands for these roles; only then is one made by
 * hashing. So a pod whose name was given by another program, by another hash, is not outdated for
 * that.
 */
final class Revisions {
  /** What is known of a pod's template. */
  enum Verdict {
    CURRENT,
    OUTDATED,
    /** Neither its revision nor its hash is known any more. */
    UNKNOWN
  }

  private final ModelServing serving;
  private final Map<String, Stored> stored;
  private final Set<String> occupied;
  private final List<Role> roles;
  private final Map<String, String> texts;
  private final String update;

  /** Canonical texts of the roles of the spec and of stored revisions. */
  private final IdentityHashMap<Role, String> canonical = new IdentityHashMap<>();

  private final Map<String, Set<String>> currentHashes = new HashMap<>();
  private final Map<String, String> hashes = new TreeMap<>();

  Revisions(Observed observed) {
    serving = observed.serving();
    roles = serving.spec().template().roles();
    texts = roles.stream().collect(Collectors.toMap(Role::name, this::text, (a, _) -> a));
    stored = new TreeMap<>();
    occupied = new TreeSet<>();
    for (ObservedRevision revision : observed.revisions()) {
      if (!Objects.equals(revision.ownerUid(), serving.metadata().uid())) {
        occupied.add(revision.name());
        continue;
      }
      List<Role> held = RoleTree.roles(revision.data());
      stored.put(nameOf(revision), new Stored(revision, held, held == null ? "" : textOf(held)));
    }
    update = resolve();
    observed.pods().forEach(this::learn);
  }

  private record Stored(ObservedRevision object, @Nullable List<Role> roles, String text) {}

  private String nameOf(ObservedRevision revision) {
    String label = revision.labels().get(Names.REVISION);
    if (label != null) return label;
    String prefix = serving.metadata().name() + "-";
    return revision.name().startsWith(prefix)
        ? revision.name().substring(prefix.length())
        : revision.name();
  }

  private String text(Role role) {
    return canonical.computeIfAbsent(role, each -> Canonical.text(RoleTree.template(each)));
  }

  private String textOf(List<Role> roles) {
    return roles.stream().map(this::text).collect(Collectors.joining("\n"));
  }

  private String resolve() {
    String wanted = textOf(roles);
    ModelServing.Status status = serving.status();
    String known = status.updateRevision();
    Stored last = known == null ? null : stored.get(known);
    if (known != null && last != null && last.text().equals(wanted)) return known;
    Optional<String> equal =
        stored.entrySet().stream()
            .filter(entry -> entry.getValue().text().equals(wanted))
            .max(Comparator.comparingLong(entry -> entry.getValue().object().number()))
            .map(Map.Entry::getKey);
    if (equal.isPresent()) return equal.get();
    Long seen = status.observedGeneration();
    boolean same = seen != null && seen == serving.metadata().generation();
    if (known != null && !known.isEmpty() && same) return known;
    String name = Canonical.hash(wanted);
    for (int salt = 1; stored.containsKey(name); salt++) name = Canonical.hash(wanted + salt);
    return name;
  }

  /** Remembers the hashes with which pods of known templates are labelled. */
  private void learn(ObservedPod pod) {
    String role = pod.labels().get(Names.ROLE);
    String hash = pod.labels().get(Names.ROLE_TEMPLATE_HASH);
    String revision = pod.labels().get(Names.REVISION);
    boolean own = Objects.equals(pod.ownerUid(), serving.metadata().uid());
    if (role == null || hash == null || revision == null || !own) return;
    hashes.merge(revision + "/" + role, hash, (a, b) -> a.compareTo(b) < 0 ? a : b);
    if (byRevision(revision, role) == Verdict.CURRENT) {
      currentHashes.computeIfAbsent(role, _ -> new TreeSet<>()).add(hash);
    }
  }

  /** Name of the spec's revision. */
  String update() {
    return update;
  }

  /** The roles of a revision; null when it is not known. */
  @Nullable List<Role> roles(String revision) {
    if (revision.equals(update)) return roles;
    Stored known = stored.get(revision);
    return known == null ? null : known.roles();
  }

  /** One role of a revision; null when the revision is not known or has no such role. */
  @Nullable Role role(String revision, String name) {
    List<Role> all = roles(revision);
    return all == null ? null : named(all, name);
  }

  /** The role of the spec with that name. */
  @Nullable Role role(String name) {
    return named(roles, name);
  }

  private static @Nullable Role named(List<Role> roles, String name) {
    return roles.stream().filter(role -> role.name().equals(name)).findFirst().orElse(null);
  }

  private Verdict byRevision(String revision, String role) {
    String wanted = texts.get(role);
    if (wanted == null) return Verdict.OUTDATED;
    if (revision.equals(update)) return Verdict.CURRENT;
    Stored known = stored.get(revision);
    if (known == null || known.roles() == null) return Verdict.UNKNOWN;
    Role held = named(known.roles(), role);
    return held != null && text(held).equals(wanted) ? Verdict.CURRENT : Verdict.OUTDATED;
  }

  /** Whether a pod of a role is made from the spec's template. */
  Verdict verdict(ObservedPod pod, String role) {
    Verdict verdict = byRevision(pod.labels().getOrDefault(Names.REVISION, ""), role);
    if (verdict != Verdict.UNKNOWN) return verdict;
    String hash = pod.labels().getOrDefault(Names.ROLE_TEMPLATE_HASH, "");
    if (currentHashes.getOrDefault(role, Set.of()).contains(hash)) return Verdict.CURRENT;
    return serving.spec().rolloutType() == RolloutType.ROLE_ROLLING_UPDATE
        ? Verdict.UNKNOWN
        : Verdict.OUTDATED;
  }

  /** Value of the label role-template-hash: that of pods of the same template, or a new one. */
  String hash(String revision, Role role) {
    Set<String> current = currentHashes.get(role.name());
    if (byRevision(revision, role.name()) == Verdict.CURRENT && current != null) {
      return current.iterator().next();
    }
    String used = hashes.get(revision + "/" + role.name());
    return used != null ? used : Canonical.hash(text(role));
  }

  /** Whether the ControllerRevision of a revision exists. */
  boolean stored(String revision) {
    return stored.containsKey(revision);
  }

  /** Whether something that is not ours has the name of the ControllerRevision of a revision. */
  boolean occupied(String revision) {
    return occupied.contains(Names.revision(serving.metadata().name(), revision));
  }

  /** The ControllerRevision that is to be created for the spec's revision. */
  Change.CreateRevision creation() {
    long last = stored.values().stream().mapToLong(s -> s.object().number()).max().orElse(0);
    String name = serving.metadata().name();
    return new Change.CreateRevision(
        Names.revision(name, update),
        Map.of(Names.NAME, name, Names.REVISION, update),
        last + 1,
        Map.of("data", roles.stream().map(RoleTree::of).toList()));
  }

  /** Deletions of the ControllerRevisions of all revisions but some. */
  List<Change> deletions(Set<String> kept) {
    return stored.entrySet().stream()
        .filter(entry -> !kept.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .map(old -> (Change) new Change.DeleteRevision(old.object().name(), old.object().uid()))
        .toList();
  }
}
