package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One ADS stream.
 *
 * <p>A change of configuration goes out in the order make before break: new and changed clusters,
 * then, when the node has acknowledged them and the endpoints of those that were new, listeners,
 * then routes; when these are acknowledged too, what is gone is removed, clusters before endpoints.
 * One change is carried to its end before the newest is begun; what was published between is
 * skipped. Endpoints do not wait: a change of theirs goes out at once.
 *
 * <p>While a node rejects the new routes or listeners it may still use old clusters, so these stay.
 * A node that does not acknowledge holds a change up for a bounded time.
 */
public final class Session {
  private final SessionLimits limits;
  private final Map<String, Subscription> types = new HashMap<>();
  private final Map<Phase, List<Subscription>> phases = new EnumMap<>(Phase.class);

  private final Warming warming = new Warming();
  private final Set<String> expiredNonces = new HashSet<>();
  private List<Event> events = new ArrayList<>();
  private @Nullable Catalog newest;
  private @Nullable Catalog target;
  private long clustersSinceNanos;
  private long nonces;
  private boolean settled = true;

  public Session(SessionLimits limits) {
    this.limits = limits;
    for (Phase phase : Phase.values()) {
      phases.put(phase, new ArrayList<>());
    }
  }

  /**
   * Takes over a publication. Nothing goes to the node before the first.
   *
   * @param catalog made from the one before it
   */
  public void publish(Catalog catalog, long nowNanos) {
    if (catalog == newest) {
      return;
    }
    newest = catalog;
    if (target == null) {
      aim(catalog, nowNanos);
    }
    for (Phase phase : List.of(Phase.FREE, Phase.ENDPOINTS)) {
      for (Subscription type : of(phase)) {
        type.advance(catalog.type(type.typeUrl()), nowNanos);
      }
    }
  }

  private void aim(Catalog catalog, long nowNanos) {
    TypeState clusters = catalog.type(TypeUrl.CLUSTER);
    Collection<String> changed =
        target == null ? List.of() : clusters.differences(target.type(TypeUrl.CLUSTER));
    target = catalog;
    if (!warming.isEmpty()) {
      warming.removeIf(name -> clusters.get(name) == null);
    }
    if (types.containsKey(TypeUrl.ENDPOINT) && !changed.isEmpty()) {
      changed.stream().filter(this::isTargetCluster).forEach(warming::add);
      warming.restart(nowNanos);
    }
    for (Subscription type : types.values()) {
      switch (type.phase()) {
        case CLUSTERS, LISTENERS, ROUTES -> type.advance(catalog.type(type.typeUrl()), nowNanos);
        case ENDPOINTS -> type.fallBackTo(catalog.type(type.typeUrl()), nowNanos);
        case FREE -> {}
      }
    }
  }

  /**
   * Takes a request of the node.
   *
   * @return why the stream must end, in words for the node's operator; null when all is well
   */
  public @Nullable String request(Request request, long nowNanos) {
    String excess = limits.excess(request, types, newest);
    if (excess != null) {
      return excess;
    }
    Subscription type = types.get(request.typeUrl());
    if (type == null) {
      begin(request, nowNanos);
      return null;
    }
    boolean mayDrop = request.typeUrl().equals(TypeUrl.ENDPOINT) && type.mayChange(request);
    List<String> awaited =
        mayDrop ? warming.names().stream().filter(type::wants).toList() : List.of();
    InFlight answered = type.request(request, nowNanos);
    if (answered != null) {
      answered(type, answered, request.error(), nowNanos);
    }
    awaited.stream().filter(name -> !type.wants(name)).forEach(warming::remove);
    return null;
  }

  private void begin(Request request, long nowNanos) {
    String url = request.typeUrl();
    Phase phase = Phase.of(url);
    Catalog seen = phase == Phase.FREE || phase == Phase.ENDPOINTS ? newest : target;
    TypeState state = seen == null ? TypeState.EMPTY : seen.type(url);
    Subscription type = new Subscription(request, state, limits.responseBytes(), nowNanos);
    if (phase == Phase.ENDPOINTS && target != null) {
      type.fallBackTo(target.type(url), nowNanos);
    }
    types.put(url, type);
    of(phase).add(type);
    if (url.equals(TypeUrl.CLUSTER)) {
      clustersSinceNanos = nowNanos;
    }
    if (url.equals(TypeUrl.ENDPOINT)) {
      warmBefore(type, nowNanos);
    }
  }

  /** Notes which clusters wait for the endpoints that the node just asked for. */
  private void warmBefore(Subscription endpoints, long nowNanos) {
    Catalog all = atOnce();
    if (all != null && endpoints.beginsWith(all.type(TypeUrl.ENDPOINT))) {
      warming.addAll(all);
    } else {
      warming.names().forEach(name -> endpoints.repeat(name, nowNanos));
      endpoints.due().names().stream().filter(this::isTargetCluster).forEach(warming::add);
    }
    warming.restart(nowNanos);
  }

  private void answered(
      Subscription type, InFlight answered, @Nullable String error, long nowNanos) {
    expiredNonces.remove(answered.nonce());
    String url = type.typeUrl();
    if (error != null && (url.equals(TypeUrl.CLUSTER) || url.equals(TypeUrl.ENDPOINT))) {
      warming.removeIf(type::isRejected);
    } else if (url.equals(TypeUrl.ENDPOINT)) {
      warmed(type, answered);
    }
    if (error == null) {
      long nanos = nowNanos - answered.dueSinceNanos();
      events.add(new Event.Acknowledged(url, answered.version(), answered.changed().size(), nanos));
    } else {
      List<String> names = answered.changed().stream().map(Resource::name).toList();
      events.add(
          new Event.Rejected(url, answered.version(), Rejections.atFault(names, error), error));
    }
  }

  private void warmed(Subscription endpoints, InFlight answered) {
    Selection first = answered.first();
    boolean all = first != null && !endpoints.due().isAnyForced() && warming.removeAll(first);
    if (!all && !warming.isEmpty()) {
      answered.changed().forEach(resource -> warmed(endpoints, resource.name()));
    }
    if (!warming.isEmpty()) {
      answered.removed().forEach(name -> warmed(endpoints, name));
    }
  }

  private void warmed(Subscription endpoints, String name) {
    if (!endpoints.due().isForced(name)) {
      warming.remove(name);
    }
  }

  /** The next response to write, which then counts as sent; null when there is none for now. */
  public @Nullable Push next(long nowNanos) {
    if (newest == null || target == null) {
      return null;
    }
    while (true) {
      settled = false;
      Push push = step(nowNanos);
      if (push != null || !settled || target == newest) {
        return push;
      }
      aim(newest, nowNanos);
    }
  }

  private @Nullable Push step(long nowNanos) {
    Push push = first(Phase.FREE, true, nowNanos);
    push = push != null ? push : first(Phase.ENDPOINTS, false, nowNanos);
    push = push != null ? push : first(Phase.CLUSTERS, false, nowNanos);
    if (push != null) {
      if (push.typeUrl().equals(TypeUrl.CLUSTER)) {
        warm(nowNanos);
      }
      return push;
    }
    return passed(Phase.CLUSTERS, nowNanos) && isWarm(nowNanos) ? referrers(nowNanos) : null;
  }

  private @Nullable Push referrers(long nowNanos) {
    for (Phase phase : List.of(Phase.LISTENERS, Phase.ROUTES)) {
      Push push = first(phase, true, nowNanos);
      if (push != null || !passed(phase, nowNanos)) {
        return push;
      }
    }
    if (rejects(Phase.LISTENERS) || rejects(Phase.ROUTES)) {
      settled = true;
      return null;
    }
    if (!knowsReferrers(nowNanos)) {
      return null;
    }
    for (Phase phase : List.of(Phase.CLUSTERS, Phase.ENDPOINTS)) {
      Push push = first(phase, true, nowNanos);
      if (push != null || !passed(phase, nowNanos)) {
        return push;
      }
    }
    settled = true;
    return null;
  }

  /**
   * Whether it is known which routes the node has. A node that comes back names its clusters before
   * its routes; what the routes still use must not be removed in between.
   */
  private boolean knowsReferrers(long nowNanos) {
    Subscription clusters = types.get(TypeUrl.CLUSTER);
    return clusters == null
        || clusters.due().isEmpty()
        || types.containsKey(TypeUrl.ROUTE)
        || nowNanos - clustersSinceNanos >= limits.barrierNanos();
  }

  private @Nullable Push first(Phase phase, boolean removals, long nowNanos) {
    for (Subscription type : of(phase)) {
      Push push = type.next(removals, Long.toString(nonces + 1), nowNanos);
      if (push != null) {
        nonces++;
        return push;
      }
    }
    return null;
  }

  /** Notes which clusters of the response just made need endpoints, and has these sent again. */
  private void warm(long nowNanos) {
    Subscription clusters = types.get(TypeUrl.CLUSTER);
    InFlight sent = clusters == null ? null : clusters.inFlight();
    if (sent == null) {
      return;
    }
    Subscription endpoints = types.get(TypeUrl.ENDPOINT);
    Catalog all = atOnce();
    if (all != null
        && sent.first() != null
        && sent.first().hasAllNamesOf(all.type(TypeUrl.CLUSTER))
        && (endpoints == null || endpoints.hasNothing())) {
      warming.addAll(all);
      warming.restart(nowNanos);
      return;
    }
    for (Resource cluster : sent.changed()) {
      if (hasEndpoints(cluster.name())) {
        warming.add(cluster.name());
        warming.restart(nowNanos);
        if (endpoints != null) {
          endpoints.repeat(cluster.name(), nowNanos);
        }
      }
    }
  }

  /**
   * The newest catalog when the clusters that the node is to have are its clusters, and the same of
   * them have endpoints; else null.
   */
  private @Nullable Catalog atOnce() {
    return newest != null && target != null && newest.feedsTheClustersOf(target) ? newest : null;
  }

  private boolean isTargetCluster(String name) {
    return target != null && target.type(TypeUrl.CLUSTER).get(name) != null && hasEndpoints(name);
  }

  private boolean hasEndpoints(String cluster) {
    return (newest != null && newest.type(TypeUrl.ENDPOINT).get(cluster) != null)
        || (target != null
            && target != newest
            && target.type(TypeUrl.ENDPOINT).get(cluster) != null);
  }

  /** Whether the node has the endpoints of all its clusters, or waiting for them was given up. */
  private boolean isWarm(long nowNanos) {
    Subscription clusters = types.get(TypeUrl.CLUSTER);
    Subscription endpoints = types.get(TypeUrl.ENDPOINT);
    if (!warming.isEmpty() && clusters != null && clusters.hasRejected()) {
      warming.removeIf(clusters::isRejected);
    }
    if (!warming.isEmpty() && endpoints != null && endpoints.inFlight() == null) {
      warming.removeIf(endpoints::isSettled);
    }
    if (!warming.isEmpty() && nowNanos - warming.sinceNanos() >= limits.barrierNanos()) {
      events.add(
          new Event.BarrierExpired(
              TypeUrl.ENDPOINT,
              "endpoints of %d clusters: %s".formatted(warming.size(), warming.some())));
      warming.clear();
    }
    return warming.isEmpty();
  }

  /** Whether nothing of the phase is unanswered, or was given up. */
  private boolean passed(Phase phase, long nowNanos) {
    for (Subscription type : of(phase)) {
      InFlight inFlight = type.inFlight();
      if (inFlight == null) {
        continue;
      }
      if (nowNanos - inFlight.sentNanos() < limits.barrierNanos()) {
        return false;
      }
      if (expiredNonces.add(inFlight.nonce())) {
        events.add(new Event.BarrierExpired(type.typeUrl(), "version " + inFlight.version()));
      }
    }
    return true;
  }

  private boolean rejects(Phase phase) {
    return of(phase).stream().anyMatch(Subscription::hasRejected);
  }

  private List<Subscription> of(Phase phase) {
    return phases.getOrDefault(phase, List.of());
  }

  /**
   * Whether a change waits for the node, so that {@link #next} must be asked again when time has
   * passed even if nothing happens.
   */
  public boolean isWaiting() {
    return !settled;
  }

  /** What a change waits for, for people; null when the node is settled. */
  public @Nullable String waitingFor() {
    if (settled) {
      return null;
    }
    for (Phase phase : Phase.values()) {
      for (Subscription type : of(phase)) {
        if (type.inFlight() != null) {
          return "acknowledgement of " + TypeUrl.shortName(type.typeUrl());
        }
      }
    }
    return warming.isEmpty() ? "the connection" : "endpoints of " + warming.some();
  }

  /** What happened since the last call. */
  public List<Event> drainEvents() {
    if (events.isEmpty()) {
      return List.of();
    }
    List<Event> drained = events;
    events = new ArrayList<>();
    return drained;
  }

  /** URLs of the types that the node asked for. */
  public Set<String> typeUrls() {
    return Set.copyOf(types.keySet());
  }

  /**
   * Where the node stands with each type it asked for, sorted by URL.
   *
   * @param maxVersions types of more resources are not listed one by one
   */
  public List<SubscriptionStatus> status(int maxVersions) {
    return types.values().stream()
        .map(type -> type.status(maxVersions))
        .sorted((a, b) -> a.typeUrl().compareTo(b.typeUrl()))
        .toList();
  }
}
