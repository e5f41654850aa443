package io.ergane.xds.translate.lint;

import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.TypeUrl;

/** Routes let generations take as long as they take, and leave no request without an answer. */
final class RouteRules {
  /** A long prompt may be read for so long before the first token. */
  private static final long IDLE_SECONDS = 60;

  private RouteRules() {}

  static void check(Configuration configuration, Findings findings) {
    configuration
        .routes()
        .forEach((name, routes) -> {
          Key key = new Key(TypeUrl.ROUTE, name);
          routes.getVirtualHostsList().forEach(host -> host(key, host, findings));
        });
  }

  private static void host(Key key, VirtualHost host, Findings findings) {
    int last = host.getRoutesCount() - 1;
    for (int i = 0; i <= last; i++) {
      Route route = host.getRoutes(i);
      if (route.hasRoute()) {
        timeouts(key, route, findings);
      }
      if (i < last && catchesAll(route)) {
        findings.refuse(
            key,
            "unreachable-route",
            "route '%s' takes every request, so the %d after it are never used; put it last.",
            route.getName(),
            last - i);
      }
    }
    if (last < 0 || !catchesAll(host.getRoutes(last))) {
      findings.refuse(
          key,
          "no-last-route",
          "a request that no route of '%s' takes gets an empty 404; end with a route for prefix / that answers.",
          host.getName());
    }
  }

  private static boolean catchesAll(Route route) {
    return route.getMatch().getPrefix().equals("/")
        && route.getMatch().getHeadersCount() == 0
        && route.getMatch().getQueryParametersCount() == 0
        && !route.getMatch().hasRuntimeFraction();
  }

  private static void timeouts(Key key, Route route, Findings findings) {
    RouteAction action = route.getRoute();
    if (!action.hasTimeout() || nonZero(action.getTimeout())) {
      findings.refuse(
          key,
          "route-timeout",
          "route '%s' ends answers after %s; set timeout 0s, and bound attempts by per_try_timeout.",
          route.getName(),
          action.hasTimeout() ? action.getTimeout().getSeconds() + " s" : "15 s, Envoy's default");
    }
    if (action.hasIdleTimeout()
        && nonZero(action.getIdleTimeout())
        && action.getIdleTimeout().getSeconds() < IDLE_SECONDS) {
      findings.refuse(
          key,
          "idle-timeout",
          "route '%s' gives up after %d s without a byte, which kills long prompts before their first token; set %d s or more.",
          route.getName(),
          action.getIdleTimeout().getSeconds(),
          IDLE_SECONDS);
    }
  }

  static boolean nonZero(Duration duration) {
    return duration.getSeconds() != 0 || duration.getNanos() != 0;
  }
}
