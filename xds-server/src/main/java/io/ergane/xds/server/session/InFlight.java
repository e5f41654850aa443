package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that was handed out and not answered yet.
 *
 * @param changed what it brings or changes, which can be less than it carries
 * @param removed names it takes away
 * @param first what {@code changed} was selected as when it is everything that a node asks for that
 *     had nothing; else null
 */
record InFlight(
    String nonce,
    String version,
    List<Resource> changed,
    List<String> removed,
    @Nullable Selection first,
    long dueSinceNanos,
    long sentNanos) {}
