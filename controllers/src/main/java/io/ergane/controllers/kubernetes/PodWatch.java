package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Observed.Sighting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The pods that some ModelServer may select. Which those are follows the ModelServers: a new
 * selection is complete before the one that it stands for is let go.
 */
final class PodWatch implements AutoCloseable {
  private static final String OURS = "ergane.io/";
  private static final Extract<Sighting> READ =
      new Extract<>(Set.of("metadata", "status"), PodWatch::reduce);

  private final Cluster cluster;
  private final Runnable bell;
  private final Map<Selection, Reflector<Sighting>> watches = new HashMap<>();
  private Set<Selection> wanted = Set.of();
  private boolean closed;

  PodWatch(Cluster cluster, Runnable bell) {
    this.cluster = cluster;
    this.bell = bell;
  }

  /** From now on follows the pods that carry all labels of one of these maps. */
  synchronized void select(Collection<Map<String, String>> selectors) {
    List<Selection> selections = new ArrayList<>();
    PodScopes.of(selectors).forEach(labels -> selections.addAll(cluster.everywhere(labels)));
    wanted = Set.copyOf(selections);
    for (Selection selection : closed ? Set.<Selection>of() : wanted) {
      watches.computeIfAbsent(selection, this::watch);
    }
  }

  private Reflector<Sighting> watch(Selection selection) {
    return cluster.reflect(Kind.POD, selection, READ, (_, _, _) -> bell.run());
  }

  /** Whether every pod that is wanted was told of. */
  synchronized boolean synced() {
    return wanted.stream()
        .allMatch(each -> {
          Reflector<Sighting> watch = watches.get(each);
          return watch != null && watch.state() == Cache.State.SYNCED;
        });
  }

  /** The pods, each once. */
  synchronized Collection<Sighting> pods() {
    if (synced()) {
      watches
          .entrySet()
          .removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
              entry.getValue().close();
            }
            return gone;
          });
    }
    if (watches.size() == 1) {
      return watches.values().iterator().next().all();
    }
    Map<ObjectName, Sighting> pods = new TreeMap<>();
    watches.values().forEach(watch -> watch.all().forEach(pod -> pods.put(pod.name(), pod)));
    return pods.values();
  }

  synchronized List<Cache<?>> caches() {
    return List.copyOf(watches.values());
  }

  /** What routing reads of a pod, and nothing that changes without making a difference. */
  private static Sighting reduce(Map<String, Object> pod) {
    Map<String, Object> metadata =
        kept(
            Fields.map(pod, "metadata"),
            List.of("name", "namespace", "labels", "deletionTimestamp", "creationTimestamp"));
    Map<String, Object> annotations =
        new LinkedHashMap<>(Fields.map(pod, "metadata", "annotations"));
    annotations.keySet().removeIf(key -> !key.startsWith(OURS));
    metadata.put("annotations", annotations);
    Map<String, Object> status = kept(Fields.map(pod, "status"), List.of("podIP", "phase"));
    status.put("conditions", List.of(Map.of("type", "Ready", "status", ready(pod))));
    return Sightings.of(
        Kind.POD,
        Map.of(
            "apiVersion",
            Kind.POD.apiVersion(),
            "kind",
            Kind.POD.name(),
            "metadata",
            metadata,
            "status",
            status));
  }

  private static Map<String, Object> kept(Map<String, Object> from, List<String> fields) {
    Map<String, Object> kept = new LinkedHashMap<>(from);
    kept.keySet().retainAll(fields);
    return kept;
  }

  /** A pod that does not report whether it is ready is not, or not yet. */
  private static String ready(Map<String, Object> pod) {
    for (Map<String, Object> condition : Fields.maps(pod, "status", "conditions")) {
      if (Fields.text(condition, "type").equals("Ready")) {
        String status = Fields.text(condition, "status");
        return status.isEmpty() ? "Unknown" : status;
      }
    }
    return "Unknown";
  }

  @Override
  public synchronized void close() {
    closed = true;
    watches.values().forEach(Reflector::close);
  }
}
