package io.ergane.xds.translate;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * What users declared, as Envoy's configuration: one listener, one route configuration, a cluster
 * with endpoints for each pool, and those of the schedulers.
 *
 * <p>Envoy asks the scheduler about every request. It answers with a pool in a header, on which the
 * request is routed again, and with endpoints in dynamic metadata, which the pool's cluster obeys.
 * How much the engine used and how it ended reaches the scheduler in the access log.
 */
public final class EnvoyTranslation {
  private EnvoyTranslation() {}

  /**
   * The whole configuration. Equal arguments give equal bytes, whatever process computes them.
   *
   * @param endpoints by pool; a pool without a table gets an empty one, a table without a pool is
   *     left out
   */
  public static ResourceSet translate(
      RoutingImage image, SortedMap<ObjectName, EndpointTable> endpoints, EnvoySettings settings) {
    boolean failOpen = failsOpen(image, settings);
    List<Resource> resources = new ArrayList<>(2 * image.pools().size() + 5);
    resources.add(Resource.of(EnvoyNames.ERGANE, ListenerTranslation.of(settings, failOpen)));
    resources.add(Resource.of(EnvoyNames.ERGANE, RouteTranslation.of(image, settings, failOpen)));
    SchedulerCluster.all(settings)
        .forEach(cluster -> resources.add(Resource.of(cluster.getName(), cluster)));
    resources.addAll(SchedulerSecurity.secrets(settings.scheduler().tls()));
    for (Pool pool : image.pools().values()) {
      EndpointTable table = endpoints.get(pool.name());
      resources.add(
          Resource.of(EnvoyNames.pool(pool.name()), ClusterTranslation.pool(pool, settings)));
      resources.add(
          table == null
              ? EndpointTranslation.none(pool.name())
              : EndpointTranslation.resource(table));
    }
    return ResourceSet.of(resources);
  }

  /**
   * The short path: a pool's endpoints alone, the same bytes that {@link #translate} gives them.
   */
  public static Resource endpoints(EndpointTable table) {
    return EndpointTranslation.resource(table);
  }

  /** Whether requests go on without a decision while the scheduler does not answer. */
  public static boolean failsOpen(RoutingImage image, EnvoySettings settings) {
    return settings.failOpen() && image.pools().size() == 1;
  }

  /** What of the arguments of {@link #translate} Envoy cannot be told, each with a remedy. */
  public static List<Diagnostic> diagnose(
      RoutingImage image, SortedMap<ObjectName, EndpointTable> endpoints, EnvoySettings settings) {
    List<Diagnostic> found = new ArrayList<>();
    if (settings.failOpen() && !failsOpen(image, settings)) {
      found.add(
          new Diagnostic(
              Severity.WARNING,
              "fail-open-needs-one-pool",
              "Envoy listener " + EnvoyNames.ERGANE,
              "",
              "%d pools are behind the listener, and without the scheduler a request's pool would be a guess; such requests get 503. Serve one ModelServer, or turn fail-open off."
                  .formatted(image.pools().size())));
    }
    for (EndpointTable table : endpoints.values()) {
      for (Endpoint endpoint : table.rows()) {
        if (image.pool(table.pool()) != null && EndpointTranslation.address(endpoint) == null) {
          found.add(
              new Diagnostic(
                  Severity.ERROR,
                  "endpoint-without-address",
                  "Pod " + endpoint.pod(),
                  "",
                  "no IP address is found for its host '%s', and Envoy is told nothing else, so no request reaches it. Have the name resolve on the control plane's machine, or give the address."
                      .formatted(endpoint.host())));
        }
      }
    }
    found.sort(null);
    return found;
  }
}
