package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.List;

/**
 * A response that is due.
 *
 * @param delta whether it goes out in the incremental form
 * @param version of the type as a whole
 * @param resources what the response carries, in the order of names
 * @param removed names the node is told are gone; empty in the state-of-the-world form
 */
public record Push(
    String typeUrl,
    boolean delta,
    String version,
    String nonce,
    List<Resource> resources,
    List<String> removed) {}
