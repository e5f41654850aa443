package io.ergane.xds.server.session;

import io.ergane.proto.resource.TypeUrl;
import java.util.Map;

/**
 * When the resources of a type go out during a change of configuration: what is referred to before
 * what refers to it. Removals go the other way round.
 */
enum Phase {
  /** Types that Envoy's order says nothing about. */
  FREE,
  CLUSTERS,
  /** What clusters and listeners refer to by name, and which may change at any time. */
  ENDPOINTS,
  LISTENERS,
  ROUTES;

  private static final String PREFIX = "type.googleapis.com/";

  private static final Map<String, Phase> OF_TYPE =
      Map.of(
          TypeUrl.CLUSTER,
          CLUSTERS,
          TypeUrl.ENDPOINT,
          ENDPOINTS,
          TypeUrl.SECRET,
          ENDPOINTS,
          PREFIX + "envoy.config.core.v3.TypedExtensionConfig",
          ENDPOINTS,
          TypeUrl.LISTENER,
          LISTENERS,
          PREFIX + "envoy.config.route.v3.ScopedRouteConfiguration",
          ROUTES,
          TypeUrl.ROUTE,
          ROUTES,
          PREFIX + "envoy.config.route.v3.VirtualHost",
          ROUTES);

  static Phase of(String typeUrl) {
    return OF_TYPE.getOrDefault(typeUrl, FREE);
  }

  /**
   * Whether a first request of this type that names nothing asks for everything. The protocol says
   * so of listeners and clusters; types of our own follow them.
   */
  boolean emptyMeansAll() {
    return this == FREE || this == CLUSTERS || this == LISTENERS;
  }

  /** Whether a state-of-the-world response of this type must hold everything subscribed to. */
  boolean responsesAreWhole() {
    return this == CLUSTERS || this == LISTENERS;
  }
}
