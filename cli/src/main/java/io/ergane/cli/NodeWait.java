package io.ergane.cli;

import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.NodeKind;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsStatus;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until nodes run what is published. One that rejects it is not waited for.
 *
 * @param longest bound of each wait
 */
record NodeWait(XdsServer server, Duration longest) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWait.class);
  private static final Duration LOOK = Duration.ofMillis(5);

  /** Types that nodes ask for with a wildcard, so that the version of all of them is the node's. */
  private static final Set<String> ENVOY_TYPES = Set.of(TypeUrl.CLUSTER, TypeUrl.LISTENER);

  void untilEnvoysRunIt() throws InterruptedException {
    until(node -> node.kind() == NodeKind.ENVOY, ENVOY_TYPES);
  }

  void untilDecidersRunIt() throws InterruptedException {
    until(node -> node.kind() != NodeKind.ENVOY, Set.of(ImageTypes.HEAD));
  }

  private void until(Predicate<NodeStatus> which, Set<String> wildcards)
      throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      XdsStatus status = server.status();
      long behind =
          status.nodes().stream()
              .filter(which)
              .filter(node -> node.types().stream().anyMatch(type -> lags(status, type, wildcards)))
              .map(NodeStatus::id)
              .distinct()
              .count();
      if (behind == 0) {
        return;
      }
      if (System.nanoTime() - end >= 0) {
        LOG.warn(
            "{} nodes do not run the newest configuration yet; it goes on without them", behind);
        return;
      }
      Thread.sleep(LOOK);
    }
  }

  private static boolean lags(XdsStatus status, NodeStatus.OfType type, Set<String> wildcards) {
    if (!type.rejected().isEmpty()) {
      return false;
    }
    String published = status.published().getOrDefault(type.type(), "");
    return !type.live() || (wildcards.contains(type.type()) && !type.runs().equals(published));
  }
}
