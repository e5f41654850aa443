package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.ergane.core.routing.HostPort;
import java.util.ArrayList;
import java.util.List;

/**
 * The clusters of the servers that decide and that take the access log.
 *
 * <p>An Envoy asks any scheduler about a request, but it sends a log to one endpoint of its cluster
 * as long as that stream lives. So that the one that decided learns of the end, each of several has
 * a log of its own, and leaves aside what others decided.
 */
final class SchedulerCluster {
  private static final String SERVICE = "envoy.service.ext_proc.v3.ExternalProcessor";
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int CONNECTION_WINDOW = 16 << 20;

  private SchedulerCluster() {}

  static List<Cluster> all(EnvoySettings settings) {
    List<Cluster> clusters = new ArrayList<>();
    clusters.add(of(EnvoyNames.SCHEDULER, settings.scheduler().addresses(), settings));
    if (settings.scheduler().addresses().size() > 1) {
      for (HostPort address : settings.scheduler().addresses()) {
        clusters.add(of(EnvoyNames.schedulerLog(address), List.of(address), settings));
      }
    }
    return clusters;
  }

  /** Names of the clusters to each of which the whole access log goes. */
  static List<String> logs(EnvoySettings settings) {
    List<HostPort> addresses = settings.scheduler().addresses();
    return addresses.size() > 1
        ? addresses.stream().map(EnvoyNames::schedulerLog).toList()
        : List.of(EnvoyNames.SCHEDULER);
  }

  private static Cluster of(String name, List<HostPort> addresses, EnvoySettings settings) {
    boolean numeric = addresses.stream().allMatch(a -> IpAddress.is(a.host()));
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(numeric ? DiscoveryType.STATIC : DiscoveryType.STRICT_DNS)
            .setConnectTimeout(Protos.millis(1_000))
            .setPerConnectionBufferLimitBytes(Protos.number(settings.limits().buffer()))
            .setLoadBalancingPolicy(
                ClusterTranslation.policy(
                    "envoy.load_balancing_policies.least_request",
                    LeastRequest.getDefaultInstance()))
            .setCircuitBreakers(ClusterTranslation.circuitBreakers(settings.limits()))
            .setUpstreamConnectionOptions(ClusterTranslation.keepAlive())
            .addHealthChecks(healthCheck())
            .putTypedExtensionProtocolOptions(ClusterTranslation.HTTP_OPTIONS, Protos.any(http2()));
    cluster.getLoadAssignmentBuilder().setClusterName(name);
    var endpoints = cluster.getLoadAssignmentBuilder().addEndpointsBuilder();
    for (HostPort address : addresses) {
      LbEndpoint.Builder endpoint = endpoints.addLbEndpointsBuilder();
      endpoint.getEndpointBuilder().setAddress(Protos.address(address.host(), address.port()));
    }
    EnvoySettings.ClientTls tls = settings.scheduler().tls();
    if (tls != null) {
      cluster.setTransportSocket(SchedulerSecurity.socket(tls));
    }
    return cluster.build();
  }

  /** A scheduler that drains says so here and gets no new requests while another one serves. */
  private static HealthCheck healthCheck() {
    HealthCheck.Builder check =
        HealthCheck.newBuilder()
            .setTimeout(Protos.millis(2_000))
            .setInterval(Protos.millis(2_000))
            .setNoTrafficInterval(Protos.millis(2_000))
            .setUnhealthyThreshold(Protos.number(2))
            .setHealthyThreshold(Protos.number(1));
    check.getGrpcHealthCheckBuilder().setServiceName(SERVICE);
    return check.build();
  }

  private static HttpProtocolOptions http2() {
    HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
    options
        .getExplicitHttpConfigBuilder()
        .setHttp2ProtocolOptions(
            Http2ProtocolOptions.newBuilder()
                .setInitialStreamWindowSize(Protos.number(STREAM_WINDOW))
                .setInitialConnectionWindowSize(Protos.number(CONNECTION_WINDOW))
                .setConnectionKeepalive(
                    KeepaliveSettings.newBuilder()
                        .setInterval(Protos.millis(30_000))
                        .setTimeout(Protos.millis(10_000))));
    return options.build();
  }
}
