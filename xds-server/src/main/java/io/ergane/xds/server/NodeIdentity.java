package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;

/**
 * What is kept of who a node says it is. The message itself names every extension that an Envoy was
 * built with, some hundred KiB.
 *
 * @param cluster cut when it is long, and printable
 * @param userAgent what sort of process it is; empty when it is too long to be one that is known
 * @param version of its build, empty when it does not say it
 */
record NodeIdentity(String id, String cluster, String userAgent, String version) {
  static final int MAX_LENGTH = 512;

  /** Of a node whose id was checked. */
  static NodeIdentity of(Node node) {
    return new NodeIdentity(
        node.getId(),
        Printable.text(node.getCluster(), MAX_LENGTH),
        orEmpty(node.getUserAgentName()),
        orEmpty(NodeCheck.versionOf(node)));
  }

  private static String orEmpty(String text) {
    return Printable.is(text, MAX_LENGTH) ? text : "";
  }
}
