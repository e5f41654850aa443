package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost.OverrideHostSource;
import io.ergane.core.routing.Pool;

/**
 * A pool's cluster: the scheduler names the hosts to try, in order; where it names none of the
 * cluster, the one with the fewest requests of two serves.
 */
final class ClusterTranslation {
  static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private static final LoadBalancingPolicy POLICY =
      policy(
          "envoy.load_balancing_policies.override_host",
          OverrideHost.newBuilder()
              .addOverrideHostSources(
                  OverrideHostSource.newBuilder().setMetadata(Protos.lbKey(EnvoyNames.DESTINATION)))
              .setSelectedHostKey(Protos.lbKey(EnvoyNames.SERVED))
              .setFallbackPolicy(
                  policy(
                      "envoy.load_balancing_policies.least_request",
                      LeastRequest.getDefaultInstance()))
              .build());

  private ClusterTranslation() {}

  static Cluster pool(Pool pool, EnvoySettings settings) {
    String name = EnvoyNames.pool(pool.name());
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(
                EdsClusterConfig.newBuilder().setEdsConfig(Protos.ADS).setServiceName(name))
            .setConnectTimeout(Protos.duration(settings.engines().connect()))
            .setPerConnectionBufferLimitBytes(Protos.number(settings.limits().buffer()))
            .setLoadBalancingPolicy(POLICY)
            .setCircuitBreakers(circuitBreakers(settings.limits()))
            .setOutlierDetection(outliers())
            .setUpstreamConnectionOptions(keepAlive())
            .setIgnoreHealthOnHostRemoval(true)
            .putTypedExtensionProtocolOptions(
                HTTP_OPTIONS, Protos.any(http1(settings.engines().idle())));
    return cluster.addAllTransportSocketMatches(EngineSockets.of(settings.engines())).build();
  }

  static LoadBalancingPolicy policy(String name, com.google.protobuf.Message config) {
    return LoadBalancingPolicy.newBuilder()
        .addPolicies(
            LoadBalancingPolicy.Policy.newBuilder()
                .setTypedExtensionConfig(Protos.extension(name, config)))
        .build();
  }

  static CircuitBreakers circuitBreakers(EnvoySettings.Limits limits) {
    return CircuitBreakers.newBuilder()
        .addThresholds(
            Thresholds.newBuilder()
                .setMaxConnections(Protos.number(limits.concurrent()))
                .setMaxPendingRequests(Protos.number(limits.concurrent()))
                .setMaxRequests(Protos.number(limits.concurrent()))
                .setMaxRetries(Protos.number(limits.retries())))
        .build();
  }

  /**
   * Concerns fallback picks only: hosts that the scheduler names are tried whatever their state.
   */
  private static OutlierDetection outliers() {
    return OutlierDetection.newBuilder()
        .setConsecutiveGatewayFailure(Protos.number(5))
        .setEnforcingConsecutiveGatewayFailure(Protos.number(100))
        .setEnforcingConsecutive5Xx(Protos.number(0))
        .setEnforcingSuccessRate(Protos.number(0))
        .setBaseEjectionTime(Protos.millis(10_000))
        .setMaxEjectionPercent(Protos.number(50))
        .build();
  }

  static UpstreamConnectionOptions keepAlive() {
    return UpstreamConnectionOptions.newBuilder()
        .setTcpKeepalive(TcpKeepalive.newBuilder().setKeepaliveTime(Protos.number(60)))
        .build();
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions http1(
      java.time.Duration idle) {
    var options =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setCommonHttpProtocolOptions(
                HttpProtocolOptions.newBuilder().setIdleTimeout(Protos.duration(idle)));
    options.getExplicitHttpConfigBuilder().getHttpProtocolOptionsBuilder();
    return options.build();
  }
}
