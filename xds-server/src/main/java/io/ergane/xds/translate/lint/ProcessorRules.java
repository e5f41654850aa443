package io.ergane.xds.translate.lint;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor.RouteCacheAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.LuaPerRoute;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.ergane.xds.translate.lint.Configuration.Found;
import io.ergane.xds.translate.lint.Configuration.Front;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** External processors are asked what they need to know, in time, and are obeyed. */
final class ProcessorRules {
  private static final long BODY = 1 << 20;
  private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private final Configuration configuration;
  private final Front front;
  private final List<Route> routes;
  private final Findings findings;

  private ProcessorRules(Configuration configuration, Front front, Findings findings) {
    this.configuration = configuration;
    this.front = front;
    this.routes = configuration.routesOf(front);
    this.findings = findings;
  }

  static void check(Configuration configuration, Findings findings) {
    for (Front front : configuration.fronts()) {
      ProcessorRules rules = new ProcessorRules(configuration, front, findings);
      front.filters(ExternalProcessor.getDefaultInstance()).forEach(rules::processor);
    }
  }

  private void processor(Found<ExternalProcessor> filter) {
    ExternalProcessor config = filter.config();
    if (!config.hasMessageTimeout() || config.getMessageTimeout().getSeconds() < 1) {
      refuse(
          "message-timeout",
          filter,
          "gives the processor %s for an answer, which a pause or a held request exceeds; set 1 s or more.",
          config.hasMessageTimeout() ? "less than 1 s" : "200 ms, Envoy's default,");
    }
    namespaces(filter);
    failOpen(filter);
    server(filter);
    mode(filter, config.getProcessingMode(), null);
    for (Route route : routes) {
      Any override =
          route.getTypedPerFilterConfigOrDefault(filter.name(), Any.getDefaultInstance());
      Configuration.unpack(override, ExtProcPerRoute.getDefaultInstance())
          .filter(one -> one.getOverrides().hasProcessingMode())
          .ifPresent(one -> mode(filter, one.getOverrides().getProcessingMode(), route));
    }
  }

  private void namespaces(Found<ExternalProcessor> filter) {
    List<String> received =
        filter.config().getMetadataOptions().getReceivingNamespaces().getUntypedList();
    configuration.pools().values().stream()
        .flatMap(policy -> policy.getOverrideHostSourcesList().stream())
        .filter(source -> source.hasMetadata())
        .map(source -> source.getMetadata().getKey())
        .distinct()
        .filter(namespace -> !received.contains(namespace))
        .forEach(namespace ->
            refuse(
                "receiving-namespaces",
                filter,
                "drops metadata of '%s', from which clusters read the chosen host: any host would serve; add it to receiving_namespaces.",
                namespace));
  }

  private void failOpen(Found<ExternalProcessor> filter) {
    List<String> pools =
        Configuration.targets(routes, name -> configuration.pools().containsKey(name));
    if (filter.config().getFailureModeAllow() && pools.size() > 1) {
      refuse(
          "fail-open-pools",
          filter,
          "lets requests pass when the processor fails, and %d pools are behind it: they would go to the wrong one; set failure_mode_allow false.",
          pools.size());
    }
  }

  private void server(Found<ExternalProcessor> filter) {
    String name = filter.config().getGrpcService().getEnvoyGrpc().getClusterName();
    Cluster cluster = configuration.clusters().get(name);
    Any options =
        cluster == null
            ? Any.getDefaultInstance()
            : cluster.getTypedExtensionProtocolOptionsOrDefault(OPTIONS, Any.getDefaultInstance());
    boolean http2 =
        Configuration.unpack(options, HttpProtocolOptions.getDefaultInstance())
            .filter(one -> one.getExplicitHttpConfig().hasHttp2ProtocolOptions())
            .isPresent();
    if (!http2) {
      refuse(
          "processor-cluster",
          filter,
          "asks cluster '%s', which %s; gRPC needs a cluster with explicit HTTP/2.",
          name,
          cluster == null ? "does not exist" : "does not speak HTTP/2");
    }
  }

  /**
   * @param route where the mode is set; null for the filter's own
   */
  private void mode(Found<ExternalProcessor> filter, ProcessingMode mode, @Nullable Route route) {
    boolean duplex = mode.getRequestBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED;
    boolean duplexBack = mode.getResponseBodyMode() == BodySendMode.FULL_DUPLEX_STREAMED;
    if ((duplex && mode.getRequestTrailerMode() != HeaderSendMode.SEND)
        || (duplexBack && mode.getResponseTrailerMode() != HeaderSendMode.SEND)) {
      refuse(
          "trailer-mode",
          filter,
          "streams a body without its trailers, which Envoy refuses; set the trailer mode SEND.");
    }
    if (mode.getResponseBodyMode() != BodySendMode.NONE) {
      refuse(
          "response-body",
          filter,
          "sends the answer's body, a message for every streamed token; set response_body_mode NONE.");
    } else if (duplex && mode.getResponseHeaderMode() != HeaderSendMode.SKIP) {
      refuse(
          "early-reset",
          filter,
          "ends the stream at the answer's headers, so that the processor takes running requests for ended; set response_header_mode SKIP.");
    }
    if (duplex && filter.config().getFailureModeAllow()) {
      refuse(
          "fail-open-streamed",
          filter,
          "lets requests pass when the processor fails, which ends with the first piece of a streamed body; use BUFFERED.");
    }
    if (mode.getRequestBodyMode() == BodySendMode.BUFFERED
        && buffer(filter.place(), route) < BODY) {
      refuse(
          "body-buffer",
          filter,
          "buffers bodies of up to %d bytes and refuses longer ones; put a buffer filter of 1 MiB or more before it.",
          buffer(filter.place(), route));
    }
    if (mode.getRequestBodyMode() == BodySendMode.BUFFERED) {
      time(filter, buffer(filter.place(), route));
    }
    if (mode.getRequestBodyMode() == BodySendMode.BUFFERED_PARTIAL
        && !(filter.config().getRouteCacheAction() == RouteCacheAction.RETAIN
            && routesAgain(filter.place(), route))) {
      refuse(
          "cut-body-route",
          filter,
          "cuts long bodies, and Envoy passes a cut body on before it clears the route cache, which ignores the chosen pool and can crash it; set route_cache_action RETAIN and clear the cache in a filter after it.");
    }
  }

  /**
   * A scheduler asks for a second more for each MiB of a body, 300 s at most.
   *
   * @param longest body in bytes
   */
  private void time(Found<ExternalProcessor> filter, long longest) {
    long wanted = Math.min(300, 5 + longest / BODY);
    ExternalProcessor config = filter.config();
    if (longest >= BODY
        && config.getMaxMessageTimeout().getSeconds() < wanted
        && config.getMessageTimeout().getSeconds() < wanted) {
      refuse(
          "long-body-timeout",
          filter,
          "sends bodies of up to %d bytes in one message and lets the processor ask for less time than the %d s that they may take when many come at once; set max_message_timeout to that.",
          longest,
          wanted);
    }
  }

  /** The most of a body that is held before the filter at {@code place}. */
  private long buffer(int place, @Nullable Route route) {
    return Stream.concat(
            Stream.of(front.listenerBuffer()),
            front.filters(Buffer.getDefaultInstance()).stream()
                .filter(buffer -> buffer.place() < place)
                .filter(buffer ->
                    route == null
                        || perRoute(route, buffer.name())
                            .filter(BufferPerRoute::getDisabled)
                            .isEmpty())
                .map(buffer ->
                    Integer.toUnsignedLong(buffer.config().getMaxRequestBytes().getValue())))
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  private static Optional<BufferPerRoute> perRoute(Route route, String filter) {
    return Configuration.unpack(
        route.getTypedPerFilterConfigOrDefault(filter, Any.getDefaultInstance()),
        BufferPerRoute.getDefaultInstance());
  }

  private boolean routesAgain(int place, @Nullable Route route) {
    return front.filters(Lua.getDefaultInstance()).stream()
        .filter(lua -> lua.place() > place)
        .anyMatch(lua ->
            clears(lua.config().getDefaultSourceCode().getInlineString())
                || (route != null
                    && Configuration.unpack(
                            route.getTypedPerFilterConfigOrDefault(
                                lua.name(), Any.getDefaultInstance()),
                            LuaPerRoute.getDefaultInstance())
                        .filter(one -> clears(one.getSourceCode().getInlineString()))
                        .isPresent()));
  }

  private static boolean clears(String script) {
    return script.contains(":clearRouteCache()");
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private void refuse(
      String rule, Found<ExternalProcessor> filter, String message, Object... arguments) {
    String text = "filter '" + filter.name() + "' " + message.formatted(arguments);
    findings.refuse(front.listener(), rule, "%s", text);
  }
}
