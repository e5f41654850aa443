package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import org.jspecify.annotations.Nullable;

/** Decides which nodes are served. */
@FunctionalInterface
public interface NodeCheck {
  /** Serves every node. */
  NodeCheck ANY = _ -> null;

  /**
   * Why {@code node} is not served, in words for its operator; null when it is. Called on a thread
   * that serves nodes: must not block.
   */
  @Nullable String refusal(Node node);

  /** The build that a node says it is, such as {@code 1.40.0}; empty when it does not. */
  static String versionOf(Node node) {
    if (!node.hasUserAgentBuildVersion()) {
      return node.getUserAgentVersion();
    }
    var version = node.getUserAgentBuildVersion().getVersion();
    return "%d.%d.%d"
        .formatted(version.getMajorNumber(), version.getMinorNumber(), version.getPatch());
  }
}
