package io.ergane.core.routing;

import io.ergane.api.ObjectName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that users declared about routing, compiled: an immutable tree with a content hash.
 * Equal content has an equal hash in every process, whatever order it was observed in.
 */
public final class RoutingImage {
  public static final RoutingImage EMPTY =
      new RoutingImage(List.of(), List.of(), new TreeSet<>(), SchedulingProfile.DEFAULT);

  private final List<Route> routes;
  private final SortedMap<ObjectName, Pool> pools;
  private final SortedSet<ObjectName> providers;
  private final SchedulingProfile profile;
  private final Map<String, List<Route>> byModel = new HashMap<>();
  private final Map<String, List<Route>> byAdapter = new HashMap<>();
  private final List<String> modelNames;
  private final String hash;

  /**
   * @param routes oldest first: the order in which candidates for one name are tried
   */
  public RoutingImage(
      List<Route> routes,
      Collection<Pool> pools,
      SortedSet<ObjectName> providers,
      SchedulingProfile profile) {
    this.routes = List.copyOf(routes);
    TreeMap<ObjectName, Pool> byName = new TreeMap<>();
    pools.forEach(pool -> byName.put(pool.name(), pool));
    this.pools = Collections.unmodifiableSortedMap(byName);
    this.providers = Collections.unmodifiableSortedSet(new TreeSet<>(providers));
    this.profile = profile;
    for (Route route : this.routes) {
      if (route.modelName() != null) {
        byModel.computeIfAbsent(route.modelName(), _ -> new ArrayList<>()).add(route);
      }
      for (String adapter : route.adapters()) {
        byAdapter.computeIfAbsent(adapter, _ -> new ArrayList<>()).add(route);
      }
    }
    TreeSet<String> names = new TreeSet<>(byModel.keySet());
    names.addAll(byAdapter.keySet());
    this.modelNames = List.copyOf(names);
    this.hash = ImageText.hash(this);
  }

  public List<Route> routes() {
    return routes;
  }

  public SortedMap<ObjectName, Pool> pools() {
    return pools;
  }

  public @Nullable Pool pool(ObjectName name) {
    return pools.get(name);
  }

  public SortedSet<ObjectName> providers() {
    return providers;
  }

  public SchedulingProfile profile() {
    return profile;
  }

  /** Sixteen hexadecimal digits over the canonical text. */
  public String hash() {
    return hash;
  }

  /** Every model and adapter name that some route registers, sorted, each once. */
  public List<String> modelNames() {
    return modelNames;
  }

  /** Whether some route registers the name, as a model or as an adapter. */
  public boolean registers(String model) {
    return byModel.containsKey(model) || byAdapter.containsKey(model);
  }

  /**
   * The first route, oldest first, one of whose rules matches. The adapter index is consulted only
   * for names that no route registers as a model.
   *
   * @param draw uniformly distributed; decides among weighted targets
   */
  public @Nullable RouteMatch match(RouteQuery query, long draw) {
    List<Route> candidates = byModel.get(query.model());
    boolean adapter = candidates == null;
    if (candidates == null) {
      candidates = byAdapter.getOrDefault(query.model(), List.of());
    }
    for (Route route : candidates) {
      if (route.gatewayBound()) {
        continue;
      }
      for (int i = 0; i < route.rules().size(); i++) {
        Rule rule = route.rules().get(i);
        if (rule.matches(query)) {
          return new RouteMatch(route, i, rule.pick(draw), adapter);
        }
      }
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RoutingImage image && hash.equals(image.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return ImageText.of(this);
  }
}
