package io.ergane.controllers.serving;

import io.ergane.api.ModelServing;
import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.controllers.kubernetes.ApiException;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.kubernetes.Kind;
import io.ergane.controllers.kubernetes.OverlaidCache;
import io.ergane.controllers.serving.plan.Change;
import io.ergane.controllers.serving.plan.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out changes for one ModelServing and lays what was stored over the caches. */
final class ChangeWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeWriter.class);

  private final Cluster cluster;
  private final Caches caches;
  private final ModelServing serving;

  ChangeWriter(Cluster cluster, Caches caches, ModelServing serving) {
    this.cluster = cluster;
    this.caches = caches;
    this.serving = serving;
  }

  /** An object that is to be made is there already and belongs to another. */
  static final class Occupied extends Exception {
    private static final long serialVersionUID = 1;

    Occupied(Kind kind, ObjectName name) {
      super(
          "%s %s is there already and belongs to another object. Delete it, or wait until it is gone."
              .formatted(kind, name));
    }
  }

  /** Pods may not be marked. */
  static final class MayNotMark extends Exception {
    private static final long serialVersionUID = 1;

    MayNotMark(ApiException cause) {
      super(cause.getMessage(), cause);
    }
  }

  void apply(Change change) throws Occupied, MayNotMark {
    LOG.debug("{}: {}", serving.name(), change);
    switch (change) {
      case Change.CreatePod pod -> create(Kind.POD, caches.pods, pod(pod));
      case Change.DrainPod pod -> drain(pod);
      case Change.DeletePod pod -> {
        LOG.info("ModelServing {}: pod {} is deleted: {}", serving.name(), pod.name(), pod.why());
        delete(Kind.POD, caches.pods, pod.name(), pod.uid());
      }
      case Change.CreateService service -> create(Kind.SERVICE, caches.services, service(service));
      case Change.DeleteService service ->
          delete(Kind.SERVICE, caches.services, service.name(), service.uid());
      case Change.CreateRevision revision ->
          create(Kind.CONTROLLER_REVISION, caches.revisions, revision(revision));
      case Change.DeleteRevision revision ->
          delete(Kind.CONTROLLER_REVISION, caches.revisions, revision.name(), revision.uid());
      case Change.CreatePodGroup group -> create(Kind.POD_GROUP, caches.podGroups, podGroup(group));
      case Change.UpdatePodGroup group -> update(group);
      case Change.DeletePodGroup group ->
          delete(Kind.POD_GROUP, caches.podGroups, group.name(), group.uid());
    }
  }

  private Map<String, Object> pod(Change.CreatePod pod) {
    return Map.of(
        "metadata", metadata(pod.name(), pod.labels(), pod.annotations(), true),
        "spec", pod.spec());
  }

  private Map<String, Object> service(Change.CreateService service) {
    return Map.of(
        "metadata", metadata(service.name(), service.labels(), Map.of(), true),
        "spec",
            Map.of(
                "clusterIP",
                "None",
                "publishNotReadyAddresses",
                true,
                "selector",
                service.selector()));
  }

  private Map<String, Object> revision(Change.CreateRevision revision) {
    return Map.of(
        "metadata", metadata(revision.name(), revision.labels(), Map.of(), true),
        "revision", revision.number(),
        "data", revision.data());
  }

  private Map<String, Object> podGroup(Change.CreatePodGroup group) {
    return Map.of(
        "metadata", metadata(group.name(), group.labels(), group.annotations(), false),
        "spec", group.spec());
  }

  private Map<String, Object> metadata(
      String name, Map<String, String> labels, Map<String, String> annotations, boolean blocks) {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", Resource.WORKLOAD_V1ALPHA1);
    owner.put("kind", "ModelServing");
    owner.put("name", serving.metadata().name());
    owner.put("uid", Objects.requireNonNull(serving.metadata().uid()));
    owner.put("controller", true);
    if (blocks) {
      owner.put("blockOwnerDeletion", true);
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", serving.metadata().namespace());
    metadata.put("labels", labels);
    if (!annotations.isEmpty()) {
      metadata.put("annotations", annotations);
    }
    metadata.put("ownerReferences", List.of(owner));
    return metadata;
  }

  private ObjectName named(String name) {
    return new ObjectName(serving.metadata().namespace(), name);
  }

  private <T> void create(Kind kind, OverlaidCache<Seen<T>> cache, Map<String, Object> object)
      throws Occupied {
    ObjectName name = named(Fields.text(object, "metadata", "name"));
    try {
      var _ = cache.wrote(cluster.create(kind, name.namespace(), object));
    } catch (ApiException e) {
      if (!e.alreadyExists()) {
        throw e;
      }
      Map<String, Object> live = cluster.find(kind, name);
      if (live == null) {
        throw e;
      }
      if (!Objects.equals(Trees.controller(live), serving.metadata().uid())) {
        throw new Occupied(kind, name);
      }
      var _ = cache.wrote(live);
    }
  }

  private <T> void delete(Kind kind, OverlaidCache<Seen<T>> cache, String name, String uid) {
    ObjectName object = named(name);
    try {
      Map<String, Object> left = cluster.delete(kind, object, uid, null);
      boolean leaving = uid.equals(Trees.uid(left)) && Trees.terminating(left);
      if (leaving && !gone(left)) {
        var _ = cache.wrote(left);
      } else {
        cache.removed(object, uid);
      }
    } catch (ApiException e) {
      if (!e.notFound() && !e.conflict()) {
        throw e;
      }
      // The object that was meant is gone, which is what was wanted.
      cache.removed(object, uid);
    }
  }

  /**
   * Whether a deletion is over with its answer, which shows the object on its way out nevertheless:
   * pods that have ended, or that no node has taken, get no time to end.
   */
  private static boolean gone(Map<String, Object> left) {
    return Fields.number(left, 1, "metadata", "deletionGracePeriodSeconds") == 0
        && !(Fields.at(left, "metadata", "finalizers") instanceof List<?> waits
            && !waits.isEmpty());
  }

  private void drain(Change.DrainPod pod) throws MayNotMark {
    LOG.info("ModelServing {}: pod {} is drained: {}", serving.name(), pod.name(), pod.why());
    Map<String, Object> mark =
        Map.of(
            "metadata",
            Map.of(
                "uid", pod.uid(),
                "annotations", Map.of(Names.DRAINING, pod.since().toString())));
    try {
      var _ = caches.pods.wrote(cluster.merge(Kind.POD, named(pod.name()), mark));
    } catch (ApiException e) {
      if (e.forbidden()) {
        throw new MayNotMark(e);
      }
      if (!e.notFound() && !e.conflict()) {
        throw e;
      }
      caches.pods.removed(named(pod.name()), pod.uid());
    }
  }

  private void update(Change.UpdatePodGroup group) {
    ObjectName name = named(group.name());
    Map<String, Object> live = cluster.find(Kind.POD_GROUP, name);
    if (live == null || !Trees.uid(live).equals(group.uid())) {
      caches.podGroups.removed(name, group.uid());
      return;
    }
    Map<String, Object> changed = new LinkedHashMap<>(live);
    changed.put("spec", group.spec());
    Map<String, Object> written = cluster.replace(Kind.POD_GROUP, name, changed);
    var _ = caches.podGroups.wrote(written);
    if (Trees.version(written).equals(Trees.version(live))) {
      LOG.info("PodGroup {}: the installed Volcano does not have all fields of {}", name, group);
      caches.vain.add(group);
    }
  }
}
