package io.ergane.xds.translate.lint;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Resources, decoded.
 *
 * @param fronts connection managers with the listener that holds them
 * @param pools clusters whose hosts a filter chooses, with how
 * @param endpoints names of the endpoint resources
 * @param secrets certificates and trust that sockets refer to
 */
record Configuration(
    SortedMap<String, Listener> listeners,
    List<Front> fronts,
    SortedMap<String, RouteConfiguration> routes,
    SortedMap<String, Cluster> clusters,
    SortedMap<String, OverrideHost> pools,
    Set<String> endpoints,
    SortedMap<String, Secret> secrets) {

  /** A connection manager and where it is. */
  record Front(Key listener, long listenerBuffer, HttpConnectionManager config) {
    /** Configurations of the filters of a type, in their order. */
    <M extends Message> List<Found<M>> filters(M type) {
      List<Found<M>> found = new ArrayList<>();
      for (int i = 0; i < config.getHttpFiltersCount(); i++) {
        Optional<M> message = unpack(config.getHttpFilters(i).getTypedConfig(), type);
        if (message.isPresent()) {
          found.add(new Found<>(i, config.getHttpFilters(i).getName(), message.get()));
        }
      }
      return found;
    }
  }

  /** A filter at its place in the chain. */
  record Found<M>(int place, String name, M config) {}

  static Configuration of(ResourceSet resources) {
    SortedMap<String, Listener> listeners = decoded(resources, TypeUrl.LISTENER, Listener.parser());
    SortedMap<String, Cluster> clusters = decoded(resources, TypeUrl.CLUSTER, Cluster.parser());
    return new Configuration(
        listeners,
        fronts(listeners),
        decoded(resources, TypeUrl.ROUTE, RouteConfiguration.parser()),
        clusters,
        pools(clusters),
        resources.ofType(TypeUrl.ENDPOINT).keySet(),
        decoded(resources, TypeUrl.SECRET, Secret.parser()));
  }

  /** The routes of a connection manager; none when their configuration is missing. */
  List<Route> routesOf(Front front) {
    RouteConfiguration configuration =
        front.config().hasRds()
            ? routes.get(front.config().getRds().getRouteConfigName())
            : front.config().getRouteConfig();
    return routesOf(configuration);
  }

  static List<Route> routesOf(@Nullable RouteConfiguration configuration) {
    return configuration == null
        ? List.of()
        : configuration.getVirtualHostsList().stream()
            .map(VirtualHost::getRoutesList)
            .flatMap(List::stream)
            .toList();
  }

  /** The one message of a type that an Any holds, if it does. */
  static <M extends Message> Optional<M> unpack(Any any, M type) {
    if (!any.getTypeUrl().equals(TypeUrl.of(type))) {
      return Optional.empty();
    }
    return Optional.of(parse(any.getValue(), parserOf(type), any.getTypeUrl()));
  }

  @SuppressWarnings("unchecked") // The parser of a message makes messages of its type.
  private static <M extends Message> Parser<M> parserOf(M type) {
    return (Parser<M>) type.getParserForType();
  }

  private static <M extends Message> SortedMap<String, M> decoded(
      ResourceSet resources, String type, Parser<M> parser) {
    TreeMap<String, M> result = new TreeMap<>();
    for (Map.Entry<String, Resource> entry : resources.ofType(type).entrySet()) {
      result.put(entry.getKey(), parse(entry.getValue().body(), parser, entry.getKey()));
    }
    return result;
  }

  private static <M> M parse(ByteString body, Parser<M> parser, String what) {
    try {
      return parser.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(what + " does not hold what its type says", e);
    }
  }

  private static List<Front> fronts(SortedMap<String, Listener> listeners) {
    List<Front> fronts = new ArrayList<>();
    listeners.forEach((name, listener) ->
        listener.getFilterChainsList().stream()
            .flatMap(chain -> chain.getFiltersList().stream())
            .map(filter ->
                unpack(filter.getTypedConfig(), HttpConnectionManager.getDefaultInstance()))
            .flatMap(Optional::stream)
            .map(manager -> new Front(new Key(TypeUrl.LISTENER, name), buffer(listener), manager))
            .forEach(fronts::add));
    return fronts;
  }

  private static long buffer(Listener listener) {
    return listener.hasPerConnectionBufferLimitBytes()
        ? Integer.toUnsignedLong(listener.getPerConnectionBufferLimitBytes().getValue())
        : 1 << 20;
  }

  private static SortedMap<String, OverrideHost> pools(SortedMap<String, Cluster> clusters) {
    TreeMap<String, OverrideHost> pools = new TreeMap<>();
    clusters.forEach((name, cluster) ->
        cluster.getLoadBalancingPolicy().getPoliciesList().stream()
            .map(LoadBalancingPolicy.Policy::getTypedExtensionConfig)
            .map(policy -> unpack(policy.getTypedConfig(), OverrideHost.getDefaultInstance()))
            .flatMap(Optional::stream)
            .findFirst()
            .ifPresent(policy -> pools.put(name, policy)));
    return pools;
  }

  /** Names of the clusters that routes lead to and that pass the test. */
  static List<String> targets(List<Route> routes, Predicate<String> test) {
    return routes.stream()
        .filter(Route::hasRoute)
        .map(route -> route.getRoute().getCluster())
        .filter(test)
        .distinct()
        .toList();
  }
}
