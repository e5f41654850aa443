package io.ergane.xds.rollout;

import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.NodeKind;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.XdsStatus;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How many nodes do not run what is published. One that rejects it is not counted: it is not going
 * to run it.
 *
 * @param envoys 0 or more
 * @param deciders schedulers and proxies, 0 or more
 */
record Lag(int envoys, int deciders) {
  /** Every node runs it. */
  static final Lag NONE = new Lag(0, 0);

  /** Types that nodes ask for with a wildcard, so that the version of all of them is the node's. */
  private static final Set<String> ENVOY_TYPES = Set.of(TypeUrl.CLUSTER, TypeUrl.LISTENER);

  static Lag of(XdsStatus status) {
    return new Lag(
        count(status, node -> node.kind() == NodeKind.ENVOY, ENVOY_TYPES),
        count(status, node -> node.kind() != NodeKind.ENVOY, Set.of(ImageTypes.HEAD)));
  }

  private static int count(XdsStatus status, Predicate<NodeStatus> which, Set<String> wildcards) {
    return (int)
        status.nodes().stream()
            .filter(which)
            .filter(node -> node.types().stream().anyMatch(type -> lags(status, type, wildcards)))
            .map(NodeStatus::id)
            .distinct()
            .count();
  }

  private static boolean lags(XdsStatus status, NodeStatus.OfType type, Set<String> wildcards) {
    if (!type.rejected().isEmpty()) {
      return false;
    }
    String published = status.published().getOrDefault(type.type(), "");
    return !type.live() || (wildcards.contains(type.type()) && !type.runs().equals(published));
  }
}
