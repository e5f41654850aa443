package io.ergane.xds.server;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.ergane.proto.resource.Resource;

/** The smallest configuration with which an Envoy routes requests. */
final class EnvoyConfigurations {
  private static final ConfigSource ADS = ads();

  private EnvoyConfigurations() {}

  private static ConfigSource ads() {
    ConfigSource.Builder source = ConfigSource.newBuilder().setResourceApiVersion(ApiVersion.V3);
    source.getAdsBuilder();
    return source.build();
  }

  static Resource cluster(String name, int connectSeconds) {
    Cluster.Builder cluster = Cluster.newBuilder().setName(name).setType(Cluster.DiscoveryType.EDS);
    cluster.getConnectTimeoutBuilder().setSeconds(connectSeconds);
    cluster.getEdsClusterConfigBuilder().setEdsConfig(ADS);
    return Resource.of(name, cluster.build());
  }

  static Resource endpoints(String cluster, int port) {
    var endpoints =
        io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.newBuilder()
            .setClusterName(cluster);
    endpoints
        .addEndpointsBuilder()
        .addLbEndpointsBuilder()
        .getEndpointBuilder()
        .getAddressBuilder()
        .getSocketAddressBuilder()
        .setAddress("127.0.0.1")
        .setPortValue(port);
    return Resource.of(cluster, endpoints.build());
  }

  static Resource route(String cluster) {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName("ergane");
    var host = routes.addVirtualHostsBuilder().setName("all").addDomains("*");
    var route = host.addRoutesBuilder();
    route.getMatchBuilder().setPrefix("/");
    route.getRouteBuilder().setCluster(cluster);
    return Resource.of("ergane", routes.build());
  }

  static Resource listener(int port) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder().setStatPrefix("ergane");
    manager.getRdsBuilder().setRouteConfigName("ergane").setConfigSource(ADS);
    manager
        .addHttpFiltersBuilder()
        .setName("envoy.filters.http.router")
        .setTypedConfig(any(Router.getDefaultInstance()));
    Listener.Builder listener = Listener.newBuilder().setName("ergane");
    listener
        .getAddressBuilder()
        .getSocketAddressBuilder()
        .setAddress("127.0.0.1")
        .setPortValue(port);
    listener
        .addFilterChainsBuilder()
        .addFiltersBuilder()
        .setName("envoy.filters.network.http_connection_manager")
        .setTypedConfig(any(manager.build()));
    return Resource.of("ergane", listener.build());
  }

  /** A listener that names a filter that no Envoy has. */
  static Resource brokenListener(int port)
      throws com.google.protobuf.InvalidProtocolBufferException {
    Listener.Builder listener = Listener.parseFrom(listener(port).body()).toBuilder();
    listener
        .getFilterChainsBuilder(0)
        .getFiltersBuilder(0)
        .setName("no.such.filter")
        .setTypedConfig(Any.newBuilder().setTypeUrl("type.googleapis.com/no.such.Filter"));
    return Resource.of("ergane", listener.build());
  }

  private static Any any(Message message) {
    return Any.pack(message);
  }

  /** A bootstrap that takes everything over ADS. */
  static String bootstrap(String apiType, int xdsPort) {
    return """
    admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
    dynamic_resources:
      ads_config:
        api_type: %s
        transport_api_version: V3
        set_node_on_first_message_only: true
        grpc_services: [{envoy_grpc: {cluster_name: xds}}]
      cds_config: {ads: {}, resource_api_version: V3}
      lds_config: {ads: {}, resource_api_version: V3}
    static_resources:
      clusters:
      - name: xds
        connect_timeout: 1s
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {connection_keepalive: {interval: 10s, timeout: 5s}}}
        load_assignment:
          cluster_name: xds
          endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
    """
        .formatted(apiType, xdsPort);
  }
}
