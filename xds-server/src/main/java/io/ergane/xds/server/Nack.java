package io.ergane.xds.server;

import java.time.Instant;
import java.util.List;

/**
 * A response that a node rejected. It keeps running what it had.
 *
 * @param resources names at fault as far as the message tells, else all that the response changed
 * @param message the node's own words
 * @param subjects the objects behind names in {@code resources} and {@code message}
 */
public record Nack(
    String node,
    String cluster,
    String typeUrl,
    String version,
    List<String> resources,
    String message,
    List<Subject> subjects,
    Instant at) {}
