package io.ergane.xds.server.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /**
   * What of a request exceeds the bounds, in words for the node's operator; null when nothing does.
   *
   * @param open what the stream subscribes to already, by type
   */
  @Nullable String excess(Request request, Map<String, Subscription> open) {
    if (!open.containsKey(request.typeUrl()) && open.size() == types) {
      return "%s is resource type %d of this stream; a stream may ask for %d. Ask for fewer."
          .formatted(request.typeUrl(), open.size() + 1, types);
    }
    int asked = request.nameCount();
    for (Subscription type : open.values()) {
      boolean replaced =
          request instanceof Request.Whole && type.typeUrl().equals(request.typeUrl());
      asked += replaced ? 0 : type.nameCount();
    }
    if (asked > names) {
      return "the stream subscribes to %d names; a stream may subscribe to %d. Subscribe to \"*\"."
          .formatted(asked, names);
    }
    if (request.longestName() > nameLength) {
      return "a resource name has %d characters; a name may have %d."
          .formatted(request.longestName(), nameLength);
    }
    return null;
  }
}
