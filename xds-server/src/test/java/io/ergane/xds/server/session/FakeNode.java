package io.ergane.xds.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node that follows the protocol and, like Envoy, uses a cluster only once it has its endpoints,
 * asks for endpoints when it has the cluster and for routes when it has the listener.
 */
final class FakeNode {
  final boolean delta;
  final Deque<Request> toServer = new ArrayDeque<>();
  final Deque<Push> toNode = new ArrayDeque<>();

  /** By type and name, what the node runs. */
  final Map<String, Map<String, Resource>> runs = new HashMap<>();

  /** Clusters whose endpoints came after the cluster's last change. */
  final Set<String> warm = new HashSet<>();

  /** Clusters that requests may be sent to: they were warm once. */
  final Set<String> active = new HashSet<>();

  final Map<String, Integer> rejections = new HashMap<>();
  private final boolean mentionsNames;
  private final Map<String, String> versions = new HashMap<>();
  private final Map<String, String> nonces = new HashMap<>();
  private final Map<String, Set<String>> subscribed = new HashMap<>();
  private final Map<Set<String>, Names> known = new HashMap<>();
  boolean missingClusterSeen;

  /** Whether the same names are the same object, as they are when requests have the same bytes. */
  boolean sharesNames = true;

  FakeNode(boolean delta, boolean mentionsNames) {
    this.delta = delta;
    this.mentionsNames = mentionsNames;
    List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE)
        .forEach(type -> runs.put(type, new TreeMap<>()));
  }

  Map<String, Resource> runs(String type) {
    return runs.getOrDefault(type, Map.of());
  }

  /** Opens a stream: what was in flight on the last one is lost, what the node runs is not. */
  void connect() {
    toServer.clear();
    toNode.clear();
    nonces.clear();
    Set<String> names = subscribed.getOrDefault(TypeUrl.ENDPOINT, Set.of());
    boolean routes = subscribed.containsKey(TypeUrl.ROUTE);
    subscribed.clear();
    open(TypeUrl.CLUSTER, List.of());
    if (!names.isEmpty()) {
      open(TypeUrl.ENDPOINT, names);
    }
    open(TypeUrl.LISTENER, List.of());
    if (routes) {
      open(TypeUrl.ROUTE, List.of(World.ROUTE));
    }
  }

  private void open(String type, Collection<String> names) {
    subscribed.put(type, new HashSet<>(names));
    if (delta) {
      Map<String, String> has = new HashMap<>();
      runs(type).forEach((name, resource) -> has.put(name, resource.version()));
      toServer.add(new Request.Delta(type, "", null, names(names), List.of(), has));
    } else {
      String version = versions.getOrDefault(type, "");
      toServer.add(new Request.Whole(type, version, "", null, names(names)));
    }
  }

  private Names names(Collection<String> names) {
    return sharesNames ? known.computeIfAbsent(Set.copyOf(names), Names::of) : Names.of(names);
  }

  private void subscribe(String type, Collection<String> names) {
    Set<String> before = subscribed.get(type);
    if (before == null) {
      if (!names.isEmpty()) {
        open(type, names);
      }
      return;
    }
    List<String> added = names.stream().filter(name -> !before.contains(name)).toList();
    List<String> dropped = before.stream().filter(name -> !names.contains(name)).toList();
    if (added.isEmpty() && dropped.isEmpty()) {
      return;
    }
    subscribed.put(type, new HashSet<>(names));
    toServer.add(
        delta
            ? new Request.Delta(type, "", null, names(added), dropped, Map.of())
            : whole(type, null));
  }

  private Request whole(String type, @Nullable String error) {
    return new Request.Whole(
        type,
        versions.getOrDefault(type, ""),
        nonces.getOrDefault(type, ""),
        error,
        names(subscribed.getOrDefault(type, Set.of())));
  }

  void receive() {
    Push push = toNode.remove();
    String type = push.typeUrl();
    nonces.put(type, push.nonce());
    List<String> bad = push.resources().stream().filter(World::isBad).map(Resource::name).toList();
    if (bad.isEmpty()) {
      versions.put(type, push.version());
      apply(push, push.resources());
      answer(push, null);
    } else {
      bad.forEach(name -> rejections.merge(type + name, 1, Integer::sum));
      if (type.equals(TypeUrl.CLUSTER) || type.equals(TypeUrl.LISTENER)) {
        apply(push, push.resources().stream().filter(each -> !World.isBad(each)).toList());
      }
      answer(push, mentionsNames || !delta ? "rejected: " + String.join(", ", bad) : "rejected");
    }
    if (type.equals(TypeUrl.CLUSTER)) {
      subscribe(TypeUrl.ENDPOINT, runs(TypeUrl.CLUSTER).keySet());
    }
    if (type.equals(TypeUrl.LISTENER) && !runs(TypeUrl.LISTENER).isEmpty()) {
      subscribe(TypeUrl.ROUTE, List.of(World.ROUTE));
    }
    checkRoutes();
  }

  private void answer(Push push, @Nullable String error) {
    toServer.add(
        delta
            ? new Request.Delta(
                push.typeUrl(), push.nonce(), error, Names.NONE, List.of(), Map.of())
            : whole(push.typeUrl(), error));
  }

  private void apply(Push push, List<Resource> good) {
    String type = push.typeUrl();
    Map<String, Resource> table = runs.computeIfAbsent(type, _ -> new TreeMap<>());
    Map<String, Resource> before = Map.copyOf(table);
    if (!delta && (type.equals(TypeUrl.CLUSTER) || type.equals(TypeUrl.LISTENER))) {
      Set<String> named = new HashSet<>();
      push.resources().forEach(resource -> named.add(resource.name()));
      table.keySet().retainAll(named);
    }
    push.removed().forEach(table::remove);
    for (Resource resource : good) {
      if (type.equals(TypeUrl.ENDPOINT) && !runs(TypeUrl.CLUSTER).containsKey(resource.name())) {
        continue;
      }
      table.put(resource.name(), resource);
      if (type.equals(TypeUrl.ENDPOINT)) {
        warm.add(resource.name());
        active.add(resource.name());
      } else if (type.equals(TypeUrl.CLUSTER) && !resource.equals(before.get(resource.name()))) {
        warm.remove(resource.name());
      }
    }
    if (type.equals(TypeUrl.CLUSTER)) {
      active.retainAll(table.keySet());
      warm.retainAll(table.keySet());
      runs(TypeUrl.ENDPOINT).keySet().retainAll(table.keySet());
    }
  }

  private void checkRoutes() {
    for (Resource route : runs(TypeUrl.ROUTE).values()) {
      for (String cluster : World.clustersOf(route)) {
        missingClusterSeen |= !active.contains(cluster);
      }
    }
  }

  List<String> coldClusters() {
    List<String> cold = new ArrayList<>(runs(TypeUrl.CLUSTER).keySet());
    cold.removeAll(warm);
    return cold;
  }

  void assertRuns(String type, Map<String, Resource> expected) {
    assertThat(runs(type)).as(TypeUrl.shortName(type)).isEqualTo(expected);
  }
}
