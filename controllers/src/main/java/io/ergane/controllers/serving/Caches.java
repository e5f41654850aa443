package io.ergane.controllers.serving;

import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.Extract;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.kubernetes.Kind;
import io.ergane.controllers.kubernetes.OverlaidCache;
import io.ergane.controllers.serving.Seen.Declared;
import io.ergane.controllers.serving.Seen.Placed;
import io.ergane.controllers.serving.plan.GangSupport;
import io.ergane.controllers.serving.plan.Names;
import io.ergane.controllers.serving.plan.ObservedPodGroup;
import io.ergane.controllers.serving.plan.ObservedRevision;
import io.ergane.controllers.serving.plan.ObservedService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the controller reads of the cluster; each change rings for the ModelServing it concerns. */
final class Caches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Caches.class);
  private static final Duration SCHEMA_AGE = Duration.ofSeconds(30);
  private static final Duration KIND_LOOK = Duration.ofSeconds(1);

  final OverlaidCache<Seen<Declared>> servings;
  final OverlaidCache<Seen<Placed>> pods;
  final OverlaidCache<Seen<ObservedService>> services;
  final OverlaidCache<Seen<ObservedRevision>> revisions;
  final OverlaidCache<Seen<ObservedPodGroup>> podGroups;
  final VainUpdates vain = new VainUpdates();

  private final Cluster cluster;
  private final Consumer<ObjectName> bell;
  private GangSupport gang = GangSupport.NONE;
  private long gangRead;
  private final Thread kindWatch;
  private volatile boolean closed;

  /**
   * @param bell takes the name of a ModelServing that is worth looking at
   */
  Caches(Cluster cluster, Consumer<ObjectName> bell) {
    this.cluster = cluster;
    this.bell = bell;
    servings =
        new OverlaidCache<>(
            cluster,
            Kind.MODEL_SERVING,
            cluster.everywhere(""),
            Extract.ofAll(Seen::declared),
            Seen::name,
            (before, after) -> changed(before, after, Seen::name));
    pods = labelled(Kind.POD, Set.of("metadata", "status"), Seen::pod);
    services = labelled(Kind.SERVICE, Set.of("metadata"), Seen::service);
    revisions =
        labelled(Kind.CONTROLLER_REVISION, Set.of("metadata", "revision", "data"), Seen::revision);
    podGroups = labelled(Kind.POD_GROUP, Set.of("metadata", "spec"), Seen::podGroup);
    kindWatch = Thread.ofVirtual().name("ergane-podgroup-kind").start(this::watchKind);
  }

  /** Rings for all when Volcano is installed, replaced or removed: no object of theirs tells. */
  private void watchKind() {
    GangSupport known = GangSupport.NONE;
    try {
      while (!closed) {
        Thread.sleep(KIND_LOOK);
        GangSupport now = gang();
        if (now != known) {
          LOG.info("Gang scheduling: {}", now);
          known = now;
          servings.all().forEach(serving -> bell.accept(serving.name()));
        }
      }
    } catch (InterruptedException e) {
      LOG.trace("PodGroup kind: the watch ends");
    }
  }

  private <T> OverlaidCache<Seen<T>> labelled(
      Kind kind, Set<String> fields, Function<Map<String, Object>, Seen<T>> reduce) {
    return new OverlaidCache<>(
        cluster,
        kind,
        cluster.everywhere(Names.NAME),
        new Extract<>(fields, reduce),
        Seen::serving,
        (before, after) -> changed(before, after, Seen::serving));
  }

  private <T> void changed(
      @Nullable Seen<T> before, @Nullable Seen<T> after, Function<Seen<T>, ObjectName> of) {
    if (before != null && before.same(after)) {
      return;
    }
    if (before != null) {
      bell.accept(of.apply(before));
    }
    if (after != null) {
      bell.accept(of.apply(after));
    }
  }

  /** Whether enough is known to decide by: what is not known to be there must not be missing. */
  boolean ready() {
    return servings.synced()
        && pods.synced()
        && services.synced()
        && revisions.synced()
        && podGroups.known();
  }

  /**
   * Whether the watch has yet to tell of a write of ours for a ModelServing: nobody rings for one
   * it never tells of.
   */
  boolean untold(ObjectName serving) {
    return pods.untold(serving)
        || services.untold(serving)
        || revisions.untold(serving)
        || podGroups.untold(serving);
  }

  /** Asks the API server for the pods of a ModelServing, of which the watch may tell later. */
  void lookAtPods(ObjectName serving) {
    cluster
        .list(Kind.POD, serving.namespace(), Names.NAME + "=" + serving.name())
        .forEach(pods::wrote);
  }

  /** Why it is not, in words. */
  String problem() {
    for (OverlaidCache<?> cache : List.of(servings, pods, services, revisions, podGroups)) {
      String problem = cache.problem();
      if (problem != null) {
        return problem;
      }
    }
    return "objects are being listed";
  }

  /** What the installed PodGroup kind can do; looked at again now and then. */
  synchronized GangSupport gang() {
    if (!podGroups.synced()) {
      gangRead = 0;
      return GangSupport.NONE;
    }
    long now = System.nanoTime();
    if (gangRead == 0 || now - gangRead > SCHEMA_AGE.toNanos()) {
      gang = readGang();
      gangRead = now;
    }
    return gang;
  }

  private GangSupport readGang() {
    try {
      Map<String, Object> definition = cluster.findDefinition(Kind.POD_GROUP);
      return definition != null && hasSubGroups(definition)
          ? GangSupport.PODGROUP_WITH_SUBGROUPS
          : GangSupport.PODGROUP;
    } catch (io.ergane.controllers.kubernetes.ApiException e) {
      LOG.info("Whether PodGroups have groups inside is not known: {}", e.getMessage());
      return GangSupport.PODGROUP;
    }
  }

  private static boolean hasSubGroups(Map<String, Object> definition) {
    return Fields.maps(definition, "spec", "versions").stream()
        .anyMatch(version ->
            Fields.at(
                    version,
                    "schema",
                    "openAPIV3Schema",
                    "properties",
                    "spec",
                    "properties",
                    "subGroupPolicy")
                != null);
  }

  @Override
  public void close() {
    closed = true;
    kindWatch.interrupt();
    servings.close();
    pods.close();
    services.close();
    revisions.close();
    podGroups.close();
  }
}
