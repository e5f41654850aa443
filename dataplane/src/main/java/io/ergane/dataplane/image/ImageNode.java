package io.ergane.dataplane.image;

import io.envoyproxy.envoy.config.core.v3.Node;

/**
 * Who asks for images.
 *
 * @param id unique among the processes of a control plane
 * @param kind what the process is, e.g. {@code ergane-proxy}
 * @param version of Ergane
 */
public record ImageNode(String id, String kind, String version) {
  Node message() {
    return Node.newBuilder()
        .setId(id)
        .setCluster("ergane")
        .setUserAgentName(kind)
        .setUserAgentVersion(version)
        .build();
  }
}
