package io.ergane.benchmarks.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Endpoints in clusters of one size, of which any one can move to another port.
 *
 * @param clusters how many
 * @param endpoints in each
 */
record Fleet(int clusters, int endpoints) {
  private static final int PORT = 8000;

  static String name(int cluster) {
    return "pool/default/model-" + cluster;
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < clusters; i++) {
      names.add(name(i));
    }
    return names;
  }

  List<Cluster> clusterMessages() {
    return names().stream().map(Fleet::cluster).toList();
  }

  private static Cluster cluster(String name) {
    Cluster.Builder cluster = Cluster.newBuilder().setName(name).setType(Cluster.DiscoveryType.EDS);
    cluster.getConnectTimeoutBuilder().setSeconds(5);
    cluster.getEdsClusterConfigBuilder().getEdsConfigBuilder().setResourceApiVersion(ApiVersion.V3);
    cluster.getEdsClusterConfigBuilder().getEdsConfigBuilder().getAdsBuilder();
    return cluster.build();
  }

  /** Endpoints of a cluster of which the first is at port 8000 + {@code moved}. */
  ClusterLoadAssignment assignment(int cluster, int moved) {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName(name(cluster));
    var locality = assignment.addEndpointsBuilder();
    for (int i = 0; i < endpoints; i++) {
      int number = cluster * endpoints + i;
      locality
          .addLbEndpointsBuilder()
          .getEndpointBuilder()
          .getAddressBuilder()
          .getSocketAddressBuilder()
          .setAddress("10.%d.%d.%d".formatted(number >> 16, number >> 8 & 255, number & 255))
          .setPortValue(PORT + (i == 0 ? moved : 0));
    }
    return assignment.build();
  }
}
