package io.ergane.controllers.serving;

import io.ergane.api.Encoding;
import io.ergane.api.JsonTree;
import io.ergane.api.ModelServing;
import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.ApiException;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.EventRecorder;
import io.ergane.controllers.kubernetes.EventRecorder.Subject;
import io.ergane.controllers.kubernetes.Extract;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.kubernetes.Kind;
import io.ergane.controllers.kubernetes.OverlaidCache;
import io.ergane.controllers.kubernetes.Workqueue;
import io.ergane.controllers.serving.Seen.Declared;
import io.ergane.controllers.serving.plan.LeaderWorkerSet;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a ModelServing of the same name for each LeaderWorkerSet, whenever that kind is installed,
 * and reports its replicas. The ModelServing goes with the LeaderWorkerSet, which owns it.
 */
final class LeaderWorkerSets implements AutoCloseable {
  private static final Duration STARTING = Duration.ofMillis(100);
  private static final Duration OCCUPIED = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final EventRecorder events;
  private final Workqueue<ObjectName> queue;
  private final OverlaidCache<Seen<DeclaredSet>> sets;
  private volatile @Nullable OverlaidCache<Seen<Declared>> servings;

  LeaderWorkerSets(
      Cluster cluster, EventRecorder events, Workqueue.Pace pace, MeterRegistry registry) {
    this.cluster = cluster;
    this.events = events;
    this.queue = new Workqueue<>("leaderworkerset", this::reconcile, pace.withWorkers(1), registry);
    this.sets =
        new OverlaidCache<>(
            cluster,
            Kind.LEADER_WORKER_SET,
            cluster.everywhere(""),
            Extract.ofAll(LeaderWorkerSets::seen),
            Seen::name,
            (_, after) -> {
              if (after != null) {
                queue.add(after.name());
              }
            });
  }

  private static Seen<DeclaredSet> seen(Map<String, Object> object) {
    return new Seen<>(
        Trees.name(object),
        Trees.uid(object),
        Trees.version(object),
        Map.of(),
        DeclaredSet.read(object));
  }

  /** Starts the work. */
  void start(OverlaidCache<Seen<Declared>> known) {
    servings = known;
    var _ = queue.start();
  }

  /** Something has changed about the ModelServing of a name. */
  void ring(ObjectName name) {
    if (sets.get(name) != null) {
      queue.add(name);
    }
  }

  private @Nullable Duration reconcile(ObjectName name) {
    OverlaidCache<Seen<Declared>> known = servings;
    if (known == null || !known.synced()) {
      return STARTING;
    }
    Seen<DeclaredSet> seen = sets.of(name).stream().findFirst().orElse(null);
    if (seen == null || seen.value().terminating()) {
      return null;
    }
    Subject subject = new Subject(Kind.LEADER_WORKER_SET, name, seen.uid());
    LeaderWorkerSet set = seen.value().set();
    if (set == null) {
      events.publish(subject, true, "Refused", seen.value().problem());
      return null;
    }
    Seen<Declared> found = known.of(name).stream().findFirst().orElse(null);
    ModelServing existing = found == null ? null : found.value().serving();
    if (found != null && (existing == null || set.conflictsWith(existing))) {
      events.publish(
          subject,
          true,
          "Occupied",
          "ModelServing %s is there already and belongs to another object. Delete or rename one of the two."
              .formatted(name));
      return OCCUPIED;
    }
    write(known, name, existing, set.serving(existing));
    report(seen, existing);
    return null;
  }

  private void write(
      OverlaidCache<Seen<Declared>> known,
      ObjectName name,
      @Nullable ModelServing existing,
      @Nullable ModelServing wanted) {
    if (wanted == null) {
      return;
    }
    Map<String, Object> tree = tree(wanted);
    if (existing == null) {
      var _ = known.wrote(cluster.create(Kind.MODEL_SERVING, name.namespace(), tree));
      return;
    }
    Map<String, Object> live = cluster.find(Kind.MODEL_SERVING, name);
    if (live != null && Trees.uid(live).equals(existing.metadata().uid())) {
      Map<String, Object> changed = new LinkedHashMap<>(live);
      changed.put("spec", Fields.map(tree, "spec"));
      var _ = known.wrote(cluster.replace(Kind.MODEL_SERVING, name, changed));
    }
  }

  /** The ModelServing without its status; its owner waits for it when it is deleted. */
  private static Map<String, Object> tree(ModelServing serving) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (JsonTree.of(Encoding.toJson(serving)) instanceof Map<?, ?> all) {
      all.forEach((field, value) -> tree.put(String.valueOf(field), value));
    }
    var _ = tree.remove("status");
    List<Map<String, Object>> owners = new ArrayList<>();
    for (Map<String, Object> owner : Fields.maps(tree, "metadata", "ownerReferences")) {
      Map<String, Object> blocking = new LinkedHashMap<>(owner);
      blocking.put("blockOwnerDeletion", true);
      owners.add(blocking);
    }
    Map<String, Object> metadata = new LinkedHashMap<>(Fields.map(tree, "metadata"));
    metadata.put("ownerReferences", owners);
    tree.put("metadata", metadata);
    return tree;
  }

  private void report(Seen<DeclaredSet> seen, @Nullable ModelServing serving) {
    if (serving == null) {
      return;
    }
    LeaderWorkerSet.Status status = LeaderWorkerSet.status(serving);
    if (!status.equals(seen.value().status())) {
      write(seen, Map.of("replicas", status.replicas(), "readyReplicas", status.readyReplicas()));
    }
  }

  /** Accounts that were made for Kthena's controller may update a status and not patch it. */
  private void write(Seen<DeclaredSet> seen, Map<String, Object> status) {
    Map<String, Object> change = Map.of("metadata", Map.of("uid", seen.uid()), "status", status);
    try {
      var _ = sets.wrote(cluster.mergeStatus(Kind.LEADER_WORKER_SET, seen.name(), change));
    } catch (ApiException e) {
      Map<String, Object> live =
          e.forbidden() ? cluster.find(Kind.LEADER_WORKER_SET, seen.name()) : null;
      if (live == null || !Trees.uid(live).equals(seen.uid())) {
        throw e;
      }
      Map<String, Object> whole = new LinkedHashMap<>(Fields.map(live, "status"));
      whole.putAll(status);
      Map<String, Object> changed = new LinkedHashMap<>(live);
      changed.put("status", whole);
      var _ = sets.wrote(cluster.replaceStatus(Kind.LEADER_WORKER_SET, seen.name(), changed));
    }
  }

  @Override
  public void close() {
    queue.close();
    sets.close();
  }
}
