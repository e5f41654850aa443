package io.ergane.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.Objects;

/** A whole configuration in one file, without a control plane: routes and endpoints inlined. */
final class StaticBootstrap {
  private final ResourceSet resources;

  private StaticBootstrap(ResourceSet resources) {
    this.resources = resources;
  }

  /**
   * @param adminPort 0 for any free one
   */
  static Bootstrap of(ResourceSet resources, int adminPort) {
    return new StaticBootstrap(resources).build(adminPort);
  }

  private Bootstrap build(int adminPort) {
    Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
    bootstrap.getNodeBuilder().setId("static").setCluster(EnvoyNames.ERGANE);
    bootstrap.getAdminBuilder().setAddress(Protos.address("127.0.0.1", adminPort));
    var all = bootstrap.getStaticResourcesBuilder();
    for (Resource resource : resources.ofType(TypeUrl.LISTENER).values()) {
      all.addListeners(listener((Listener) EnvoyText.message(resource)));
    }
    for (Resource resource : resources.ofType(TypeUrl.CLUSTER).values()) {
      all.addClusters(secured(cluster((Cluster) EnvoyText.message(resource))));
    }
    for (Resource resource : resources.ofType(TypeUrl.SECRET).values()) {
      all.addSecrets((Secret) EnvoyText.message(resource));
    }
    return bootstrap.build();
  }

  private Listener listener(Listener listener) {
    Listener.Builder result = listener.toBuilder();
    for (var chain : result.getFilterChainsBuilderList()) {
      for (Filter.Builder filter : chain.getFiltersBuilderList()) {
        filter.setTypedConfig(inlined(filter.getTypedConfig()));
      }
    }
    return result.build();
  }

  private Any inlined(Any config) {
    try {
      HttpConnectionManager manager = config.unpack(HttpConnectionManager.class);
      Key key = new Key(TypeUrl.ROUTE, manager.getRds().getRouteConfigName());
      return Protos.any(
          manager.toBuilder()
              .clearRds()
              .setRouteConfig((RouteConfiguration) EnvoyText.message(resource(key)))
              .build());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private Cluster cluster(Cluster cluster) {
    if (cluster.getType() != DiscoveryType.EDS) {
      return cluster;
    }
    Key key = new Key(TypeUrl.ENDPOINT, cluster.getEdsClusterConfig().getServiceName());
    return cluster.toBuilder()
        .setType(DiscoveryType.STATIC)
        .clearEdsClusterConfig()
        .setLoadAssignment((ClusterLoadAssignment) EnvoyText.message(resource(key)))
        .build();
  }

  /** Secrets by name alone are those of the same file. */
  private static Cluster secured(Cluster cluster) {
    try {
      Any config = cluster.getTransportSocket().getTypedConfig();
      if (!config.is(UpstreamTlsContext.class)) {
        return cluster;
      }
      UpstreamTlsContext.Builder tls = config.unpack(UpstreamTlsContext.class).toBuilder();
      var common = tls.getCommonTlsContextBuilder();
      common.getValidationContextSdsSecretConfigBuilder().clearSdsConfig();
      common.getTlsCertificateSdsSecretConfigsBuilderList().forEach(b -> b.clearSdsConfig());
      Cluster.Builder result = cluster.toBuilder();
      result.getTransportSocketBuilder().setTypedConfig(Protos.any(tls.build()));
      return result.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private Resource resource(Key key) {
    return Objects.requireNonNull(resources.get(key), () -> "no " + key);
  }
}
