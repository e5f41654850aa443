package io.ergane.proto.resource;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.List;

/** Names of message types as an {@code Any} carries them. */
public final class TypeUrl {
  private static final String PREFIX = "type.googleapis.com/";

  /** {@code envoy.config.cluster.v3.Cluster}. */
  public static final String CLUSTER = of(Cluster.getDefaultInstance());

  /** {@code envoy.config.endpoint.v3.ClusterLoadAssignment}. */
  public static final String ENDPOINT = of(ClusterLoadAssignment.getDefaultInstance());

  /** {@code envoy.config.listener.v3.Listener}. */
  public static final String LISTENER = of(Listener.getDefaultInstance());

  /** {@code envoy.config.route.v3.RouteConfiguration}. */
  public static final String ROUTE = of(RouteConfiguration.getDefaultInstance());

  /** {@code envoy.extensions.transport_sockets.tls.v3.Secret}. */
  public static final String SECRET = of(Secret.getDefaultInstance());

  /** Those above: all that Envoys are told. */
  public static final List<String> ALL = List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE, SECRET);

  private TypeUrl() {}

  /** The type URL of a message. */
  public static String of(Message message) {
    return PREFIX + message.getDescriptorForType().getFullName();
  }

  /** What people call a type: the last part of its name, such as {@code Cluster}. */
  public static String shortName(String typeUrl) {
    return typeUrl.substring(Math.max(typeUrl.lastIndexOf('.'), typeUrl.lastIndexOf('/')) + 1);
  }
}
