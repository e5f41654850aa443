package io.ergane.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.proto.resource.Resource;
import org.jspecify.annotations.Nullable;

/** A pool's endpoint table as the endpoints of its cluster, in the table's order. */
final class EndpointTranslation {
  /** Metadata namespace that picks among a cluster's transport sockets. */
  private static final String SOCKET_NAMESPACE = "envoy.transport_socket_match";

  /** What endpoints with TLS carry in {@link #SOCKET_NAMESPACE}. */
  static final Struct TLS =
      Struct.newBuilder().putFields("tls", Value.newBuilder().setBoolValue(true).build()).build();

  private static final Metadata TLS_METADATA =
      Metadata.newBuilder().putFilterMetadata(SOCKET_NAMESPACE, TLS).build();

  private EndpointTranslation() {}

  static Resource resource(EndpointTable table) {
    String name = EnvoyNames.pool(table.pool());
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    for (Endpoint endpoint : table.rows()) {
      String address = address(endpoint);
      if (address != null) {
        endpoints.addLbEndpoints(endpoint(endpoint, address));
      }
    }
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    if (endpoints.getLbEndpointsCount() > 0) {
      assignment.addEndpoints(endpoints);
    }
    return Resource.of(name, assignment.build());
  }

  /** A cluster is warm once it has endpoints, even if it has none. */
  static Resource none(ObjectName pool) {
    String name = EnvoyNames.pool(pool);
    return Resource.of(name, ClusterLoadAssignment.newBuilder().setClusterName(name).build());
  }

  /** Where Envoy connects to; null when only a name is known, which it does not take. */
  static @Nullable String address(Endpoint endpoint) {
    return IpAddress.is(endpoint.host()) ? endpoint.host() : endpoint.address();
  }

  /**
   * With a hostname, requests carry it as their host, and TLS asks for it and looks for it in the
   * certificate; without one they carry the client's host.
   */
  private static LbEndpoint endpoint(Endpoint endpoint, String address) {
    LbEndpoint.Builder result = LbEndpoint.newBuilder();
    result.getEndpointBuilder().setAddress(Protos.address(address, endpoint.port()));
    if (endpoint.tls()) {
      result.getEndpointBuilder().setHostname(endpoint.host());
    } else if (!IpAddress.is(endpoint.host())) {
      result.getEndpointBuilder().setHostname(endpoint.authority());
    }
    if (endpoint.tls()) {
      result.setMetadata(TLS_METADATA);
    }
    return result.build();
  }
}
