package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.List;

/**
 * A response that was handed out and not answered yet.
 *
 * @param changed what it brings or changes, which can be less than it carries
 * @param removed names it takes away
 */
record InFlight(
    String nonce,
    String version,
    List<Resource> changed,
    List<String> removed,
    long dueSinceNanos,
    long sentNanos) {}
