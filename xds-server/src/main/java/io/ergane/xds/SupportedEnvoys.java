package io.ergane.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.translate.EnvoyVersion;
import org.jspecify.annotations.Nullable;

/** Serves Envoys of the supported range of releases, and every node that is no Envoy. */
public final class SupportedEnvoys implements NodeCheck {
  @Override
  public @Nullable String refusal(Node node) {
    if (!node.getUserAgentName().equals("envoy")) {
      return null;
    }
    if (!node.hasUserAgentBuildVersion()) {
      return "this Envoy does not say its version. Leave the node's user_agent fields to Envoy.";
    }
    SemanticVersion version = node.getUserAgentBuildVersion().getVersion();
    return new EnvoyVersion(version.getMajorNumber(), version.getMinorNumber(), version.getPatch())
        .refusal();
  }
}
