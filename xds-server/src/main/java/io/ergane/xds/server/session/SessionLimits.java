package io.ergane.xds.server.session;

/**
 * Bounds of one stream.
 *
 * @param types distinct resource types
 * @param names names subscribed to, over all types
 * @param nameLength characters of a name
 * @param responseBytes size at which a response is cut and the rest goes into the next; a single
 *     larger resource goes alone. Clients of gRPC take 4 MiB by default. A state-of-the-world
 *     response of clusters or listeners cannot be cut.
 * @param barrierNanos how long a change waits for a node's acknowledgement before it goes on
 */
public record SessionLimits(
    int types, int names, int nameLength, int responseBytes, long barrierNanos) {
  public static final SessionLimits DEFAULT =
      new SessionLimits(32, 50_000, 1024, 3 << 20, 15_000_000_000L);
}
