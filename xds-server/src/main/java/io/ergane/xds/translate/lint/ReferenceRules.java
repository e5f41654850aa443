package io.ergane.xds.translate.lint;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.TypeUrl;
import java.util.SortedMap;

/** Names lead to what they name. */
final class ReferenceRules {
  private ReferenceRules() {}

  static void check(Configuration configuration, Findings findings) {
    configuration
        .listeners()
        .forEach((name, listener) ->
            named(new Key(TypeUrl.LISTENER, name), listener.getName(), findings));
    configuration
        .clusters()
        .forEach((name, cluster) -> cluster(name, cluster, configuration, findings));
    configuration.routes().forEach((name, routes) -> routes(name, routes, configuration, findings));
    for (Configuration.Front front : configuration.fronts()) {
      String routes = front.config().getRds().getRouteConfigName();
      if (front.config().hasRds() && !configuration.routes().containsKey(routes)) {
        findings.refuse(
            front.listener(),
            "missing-routes",
            "its route configuration '%s' does not exist, so the listener never gets warm; there are %s.",
            routes,
            listed(configuration.routes()));
      }
    }
  }

  private static void cluster(
      String name, Cluster cluster, Configuration configuration, Findings findings) {
    Key key = new Key(TypeUrl.CLUSTER, name);
    named(key, cluster.getName(), findings);
    String service = cluster.getEdsClusterConfig().getServiceName();
    String endpoints = service.isEmpty() ? name : service;
    if (cluster.getType() == DiscoveryType.EDS && !configuration.endpoints().contains(endpoints)) {
      findings.refuse(
          key,
          "missing-endpoints",
          "its endpoints '%s' do not exist, so Envoy waits 15 s for them; publish them, even if there are none.",
          endpoints);
    }
  }

  private static void routes(
      String name, RouteConfiguration routes, Configuration configuration, Findings findings) {
    Key key = new Key(TypeUrl.ROUTE, name);
    named(key, routes.getName(), findings);
    for (String target :
        Configuration.targets(
            Configuration.routesOf(routes),
            cluster -> !configuration.clusters().containsKey(cluster))) {
      findings.refuse(
          key,
          "missing-cluster",
          "a route leads to cluster '%s', which does not exist; there are %s.",
          target,
          listed(configuration.clusters()));
    }
  }

  private static void named(Key key, String name, Findings findings) {
    if (!name.equals(key.name())) {
      findings.refuse(
          key, "other-name", "the resource calls itself '%s'; both names must be equal.", name);
    }
  }

  private static String listed(SortedMap<String, ?> names) {
    return names.isEmpty() ? "none" : String.join(", ", names.keySet().stream().limit(10).toList());
  }
}
