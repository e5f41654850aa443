package io.ergane.xds.translate;

import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.type.v3.Int64Range;
import io.ergane.core.llm.Api;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.xds.translate.OwnErrors.Kind;
import java.util.List;

/**
 * The route configuration. A request is matched twice: when it comes, on one of the last routes,
 * and when the scheduler has set the pool header, on the pool's.
 */
final class RouteTranslation {
  /** Ways in which an attempt fails before an answer has begun. */
  private static final String RETRY_ON =
      "connect-failure,refused-stream,reset,retriable-status-codes";

  /** Engines that have no room, that fail or that are gone; 501 and 505 are about the request. */
  private static final List<Integer> RETRIABLE = List.of(429, 500, 502, 503, 504);

  /** What is between the client and us, and what would have engines compress. */
  private static final List<String> NOT_TO_ENGINES =
      List.of(
          "accept-encoding",
          "api-key",
          "authorization",
          "cookie",
          "http2-settings",
          "proxy-authorization",
          EnvoyNames.BODY_HEADER,
          EnvoyNames.LENGTH_HEADER,
          EnvoyNames.POOL_HEADER,
          EnvoyNames.DESTINATION,
          "x-api-key");

  private final EnvoySettings settings;
  private final OwnErrors errors;

  private RouteTranslation(EnvoySettings settings) {
    this.settings = settings;
    this.errors = new OwnErrors(settings.kthenaErrors());
  }

  static RouteConfiguration of(RoutingImage image, EnvoySettings settings, boolean failOpen) {
    return new RouteTranslation(settings).configuration(image, failOpen);
  }

  private RouteConfiguration configuration(RoutingImage image, boolean failOpen) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName(EnvoyNames.ERGANE)
            .addDomains("*")
            .addAllRequestHeadersToRemove(NOT_TO_ENGINES)
            .putAllTypedPerFilterConfig(DecisionFilters.everywhere(settings));
    image.pools().values().forEach(pool -> host.addRoutes(chosen(pool)));
    host.addRoutes(tunnel());
    if (settings.body().cutsLong()) {
      host.addRoutes(wholeBody());
      host.addRoutes(longBody());
    }
    if (failOpen) {
      Pool only = image.pools().sequencedValues().getFirst();
      Api.engineAdministration().forEach(path -> host.addRoutes(notFound(path)));
      host.addRoutes(
          Route.newBuilder()
              .setName("open")
              .setMatch(RouteMatch.newBuilder().setPrefix(Api.OTHER.path()))
              .setRoute(action(only)));
    }
    if (!settings.kthenaErrors()) {
      host.addRoutes(refused("undecided-messages", OwnErrors.anthropicPath(), true));
    }
    host.addRoutes(refused("undecided", "/", false));
    return RouteConfiguration.newBuilder().setName(EnvoyNames.ERGANE).addVirtualHosts(host).build();
  }

  private Route chosen(Pool pool) {
    return Route.newBuilder()
        .setName(EnvoyNames.pool(pool.name()))
        .setMatch(
            RouteMatch.newBuilder()
                .setPrefix("/")
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName(EnvoyNames.POOL_HEADER)
                        .setStringMatch(Protos.exactly(pool.name().toString()))))
        .setRoute(action(pool))
        .build();
  }

  private RouteAction action(Pool pool) {
    return RouteAction.newBuilder()
        .setCluster(EnvoyNames.pool(pool.name()))
        .setAutoHostRewrite(Protos.TRUE)
        .setTimeout(Protos.ZERO)
        .setIdleTimeout(Protos.duration(settings.timeouts().stall()))
        .setRetryPolicy(retries(pool.traffic()))
        .build();
  }

  /** The scheduler may lower the number of retries to the fallbacks that it names. */
  private static RetryPolicy retries(TrafficPolicy traffic) {
    Duration pause = Protos.millis(Math.max(1, traffic.retryIntervalMillis()));
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn(RETRY_ON)
            .addAllRetriableStatusCodes(RETRIABLE)
            .setNumRetries(Protos.number(traffic.attempts() - 1))
            .setRetryBackOff(
                RetryPolicy.RetryBackOff.newBuilder().setBaseInterval(pause).setMaxInterval(pause))
            .addRetryHostPredicate(
                RetryPolicy.RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts")
                    .setTypedConfig(Protos.any(PreviousHostsPredicate.getDefaultInstance())))
            .setHostSelectionRetryMaxAttempts(5);
    if (traffic.timeoutMillis() > 0) {
      policy.setPerTryTimeout(Protos.millis(traffic.timeoutMillis()));
    }
    return policy.build();
  }

  /**
   * Without a route of its own a tunnel would be waited for, like a body that does not end. Envoy
   * refuses one that has such a route, since no route allows any.
   */
  private Route tunnel() {
    RouteMatch.ConnectMatcher any = RouteMatch.ConnectMatcher.getDefaultInstance();
    return answered("tunnel", "/", Kind.NO_TUNNEL, false).toBuilder()
        .setMatch(RouteMatch.newBuilder().setConnectMatcher(any))
        .build();
  }

  private Route wholeBody() {
    return refused("whole-body", "/", false).toBuilder()
        .setMatch(
            RouteMatch.newBuilder()
                .setPrefix("/")
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName(EnvoyNames.BODY_HEADER)
                        .setStringMatch(Protos.exactly(EnvoyNames.WHOLE))))
        .putAllTypedPerFilterConfig(DecisionFilters.wholeBody(settings))
        .build();
  }

  private Route longBody() {
    return refused("long-body", "/", false).toBuilder()
        .setMatch(
            RouteMatch.newBuilder()
                .setPrefix("/")
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName("content-length")
                        .setRangeMatch(
                            Int64Range.newBuilder()
                                .setStart(settings.body().prefixAbove() + 1L)
                                .setEnd(settings.body().maxBytes() + 1L))))
        .putAllTypedPerFilterConfig(DecisionFilters.onlyBeginning())
        .build();
  }

  private Route refused(String name, String prefix, boolean anthropic) {
    return answered(name, prefix, Kind.NO_POOL, anthropic);
  }

  private Route notFound(String path) {
    return answered("not-found" + path, path, Kind.UNKNOWN_PATH, false);
  }

  private Route answered(String name, String prefix, Kind kind, boolean anthropic) {
    String body = errors.body(kind, anthropic, settings.body().maxBytes());
    Route.Builder route =
        Route.newBuilder()
            .setName(name)
            .setMatch(RouteMatch.newBuilder().setPrefix(prefix))
            .setDirectResponse(
                DirectResponseAction.newBuilder()
                    .setStatus(kind.status())
                    .setBody(DataSource.newBuilder().setInlineString(body)))
            .addResponseHeadersToAdd(Protos.header("content-type", errors.contentType()));
    if (kind.passes()) {
      route.addResponseHeadersToAdd(Protos.header("retry-after", "1"));
    }
    return route.build();
  }
}
