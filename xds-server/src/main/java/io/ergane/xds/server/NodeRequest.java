package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.ergane.xds.server.session.Request;

/**
 * A discovery request as a node sent it, in either form.
 *
 * @param node who it says it is; empty in all but a stream's first
 */
record NodeRequest(Node node, Request request) {}
