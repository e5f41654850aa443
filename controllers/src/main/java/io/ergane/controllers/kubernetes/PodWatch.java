package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Observed.Sighting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
    return cluster.reflect(Kind.POD, selection, PodWatch::reduce, (_, _, _) -> bell.run());
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
  private static Sighting reduce(JsonNode pod) {
    JsonNode metadata = pod.path("metadata");
    JsonNode status = pod.path("status");
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    kept.put("apiVersion", Kind.POD.apiVersion()).put("kind", Kind.POD.name());
    ObjectNode keptMetadata = kept.putObject("metadata");
    copy(metadata, keptMetadata, "name", "namespace", "labels", "deletionTimestamp");
    copy(metadata, keptMetadata, "creationTimestamp");
    for (Map.Entry<String, JsonNode> entry : metadata.path("annotations").properties()) {
      if (entry.getKey().startsWith(OURS)) {
        keptMetadata.withObjectProperty("annotations").set(entry.getKey(), entry.getValue());
      }
    }
    ObjectNode keptStatus = kept.putObject("status");
    copy(status, keptStatus, "podIP", "phase");
    ArrayNode conditions = keptStatus.putArray("conditions");
    conditions.addObject().put("type", "Ready").put("status", ready(status));
    return Sightings.of(Kind.POD, kept);
  }

  private static void copy(JsonNode from, ObjectNode to, String... fields) {
    for (String field : fields) {
      if (from.has(field)) {
        to.set(field, from.get(field));
      }
    }
  }

  /** A pod that does not report whether it is ready is not, or not yet. */
  private static String ready(JsonNode status) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText("").equals("Ready")) {
        return condition.path("status").asText("Unknown");
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
