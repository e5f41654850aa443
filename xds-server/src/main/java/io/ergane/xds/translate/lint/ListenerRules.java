package io.ergane.xds.translate.lint;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost.OverrideHostSource;
import io.ergane.xds.translate.lint.Configuration.Front;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Connection fronts believe nothing that clients say about routing, and report every end. */
final class ListenerRules {
  private static final long IDLE_SECONDS = 60;
  private static final int EVENT = 64 << 10;

  private ListenerRules() {}

  static void check(Configuration configuration, Findings findings) {
    for (Front front : configuration.fronts()) {
      clientHeaders(configuration, front, findings);
      accessLog(front, findings);
      idle(front, findings);
      front.filters(SseToMetadata.getDefaultInstance()).stream()
          .map(filter -> filter.config().getResponseRules().getMaxEventSize().getValue())
          .filter(size -> size < EVENT)
          .forEach(size ->
              findings.refuse(
                  front.listener(),
                  "event-size",
                  "events above %s bytes are not read, so that their usage is lost; set 65536 or more.",
                  size == 0 ? "8192, Envoy's default," : size));
    }
  }

  private static void clientHeaders(Configuration configuration, Front front, Findings findings) {
    Set<String> removed = removed(front);
    TreeSet<String> trusted = new TreeSet<>();
    configuration.pools().values().stream()
        .flatMap(policy -> policy.getOverrideHostSourcesList().stream())
        .map(OverrideHostSource::getHeader)
        .filter(name -> !name.isEmpty())
        .forEach(trusted::add);
    for (Route route : configuration.routesOf(front)) {
      if (route.hasRoute() && configuration.pools().containsKey(route.getRoute().getCluster())) {
        route.getMatch().getHeadersList().stream()
            .map(HeaderMatcher::getName)
            .filter(name -> name.startsWith("x-"))
            .forEach(trusted::add);
      }
    }
    trusted.removeAll(removed);
    trusted.forEach(name ->
        findings.refuse(
            front.listener(),
            "client-header",
            "header %s chooses where requests go and clients can send it; remove it by an early header mutation.",
            name));
  }

  private static Set<String> removed(Front front) {
    var type =
        io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
            .getDefaultInstance();
    return front.config().getEarlyHeaderMutationExtensionsList().stream()
        .map(extension -> Configuration.unpack(extension.getTypedConfig(), type))
        .flatMap(Optional::stream)
        .flatMap(mutation -> mutation.getMutationsList().stream())
        .filter(HeaderMutation::hasRemove)
        .map(HeaderMutation::getRemove)
        .collect(Collectors.toSet());
  }

  private static void accessLog(Front front, Findings findings) {
    List<HttpGrpcAccessLogConfig> logs =
        front.config().getAccessLogList().stream()
            .map(AccessLog::getTypedConfig)
            .map(config ->
                Configuration.unpack(config, HttpGrpcAccessLogConfig.getDefaultInstance()))
            .flatMap(Optional::stream)
            .toList();
    if (logs.isEmpty()) {
      findings.refuse(
          front.listener(),
          "access-log",
          "the scheduler is not told how requests end, so that its counts of them stay; add a gRPC access log.");
    }
    for (HttpGrpcAccessLogConfig log : logs) {
      var interval = log.getCommonConfig().getBufferFlushInterval();
      if (!log.getCommonConfig().hasBufferFlushInterval() || interval.getSeconds() >= 1) {
        findings.refuse(
            front.listener(),
            "access-log",
            "entries wait up to %d s, in which an engine looks busier than it is; set buffer_flush_interval below 1 s.",
            Math.max(1, interval.getSeconds()));
      }
    }
  }

  private static void idle(Front front, Findings findings) {
    var idle = front.config().getStreamIdleTimeout();
    if (RouteRules.nonZero(idle) && idle.getSeconds() < IDLE_SECONDS) {
      findings.refuse(
          front.listener(),
          "idle-timeout",
          "streams end after %d s without a byte, which kills long prompts before their first token; set %d s or more.",
          idle.getSeconds(),
          IDLE_SECONDS);
    }
  }
}
