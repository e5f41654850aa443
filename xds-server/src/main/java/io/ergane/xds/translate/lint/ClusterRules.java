package io.ergane.xds.translate.lint;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.TypeUrl;
import java.util.List;

/** Clusters bear the load of generations, which last minutes. */
final class ClusterRules {
  /**
   * Each generation is one request of its pool and, while it is decided about, of the scheduler.
   */
  private static final long CONCURRENT = 10_000;

  private static final long BUFFER = 64 << 10;

  private ClusterRules() {}

  static void check(Configuration configuration, Findings findings) {
    configuration
        .clusters()
        .forEach((name, cluster) -> {
          Key key = new Key(TypeUrl.CLUSTER, name);
          circuitBreakers(key, cluster, findings);
          if (number(
                  cluster.getPerConnectionBufferLimitBytes(),
                  cluster.hasPerConnectionBufferLimitBytes(),
                  BUFFER)
              < BUFFER) {
            findings.refuse(
                key,
                "cluster-buffer",
                "it holds %d bytes of a connection, so that long prompts stall; set 65536 or more.",
                cluster.getPerConnectionBufferLimitBytes().getValue());
          }
        });
    configuration
        .pools()
        .forEach((name, policy) -> sources(new Key(TypeUrl.CLUSTER, name), policy, findings));
  }

  private static void circuitBreakers(Key key, Cluster cluster, Findings findings) {
    Thresholds limits =
        cluster.getCircuitBreakers().getThresholdsList().stream()
            .filter(threshold -> threshold.getPriority() == RoutingPriority.DEFAULT)
            .findFirst()
            .orElse(Thresholds.getDefaultInstance());
    limit(key, "max_connections", limits.hasMaxConnections(), limits.getMaxConnections(), findings);
    limit(
        key,
        "max_pending_requests",
        limits.hasMaxPendingRequests(),
        limits.getMaxPendingRequests(),
        findings);
    limit(key, "max_requests", limits.hasMaxRequests(), limits.getMaxRequests(), findings);
  }

  private static void limit(
      Key key, String name, boolean set, UInt32Value value, Findings findings) {
    long found = number(value, set, 1024);
    if (found < CONCURRENT) {
      findings.refuse(
          key,
          "circuit-breakers",
          "%s is %d%s: so many requests run at once and the next gets 503; set %d or more.",
          name,
          found,
          set ? "" : ", Envoy's default",
          CONCURRENT);
    }
  }

  private static void sources(Key key, OverrideHost policy, Findings findings) {
    List<OverrideHost.OverrideHostSource> sources = policy.getOverrideHostSourcesList();
    if (sources.size() != 1) {
      findings.refuse(
          key,
          "override-sources",
          "hosts are read from %d sources, which are joined: a host that two of them name is tried twice; read them from one.",
          sources.size());
    }
  }

  private static long number(UInt32Value value, boolean set, long otherwise) {
    return set ? Integer.toUnsignedLong(value.getValue()) : otherwise;
  }
}
