package io.ergane.xds.server.session;

import io.ergane.proto.resource.TypeUrl;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of one stream.
 *
 * @param types distinct resource types
 * @param names distinct names subscribed to, over all types
 * @param versions resources that a node says it has when it comes, over all types; as many as are
 *     published are always accepted, so that a node that has everything is
 * @param nameLength characters of a name, and of the URL of a type
 * @param responseBytes size at which a response is cut and the rest goes into the next; a single
 *     larger resource goes alone. Clients of gRPC take 4 MiB by default. A state-of-the-world
 *     response of clusters or listeners cannot be cut.
 * @param barrierNanos how long a change waits for a node's acknowledgement before it goes on
 */
public record SessionLimits(
    int types, int names, int versions, int nameLength, int responseBytes, long barrierNanos) {
  public static final SessionLimits DEFAULT =
      new SessionLimits(32, 50_000, 200_000, 1024, 3 << 20, 15_000_000_000L);

  /**
   * What of a request exceeds the bounds, in words for the node's operator; null when nothing does.
   *
   * @param open what the stream subscribes to already, by type
   * @param published null before the first publication
   */
  @Nullable String excess(
      Request request, Map<String, Subscription> open, @Nullable Catalog published) {
    int length = request.typeUrl().length();
    if (length > nameLength) {
      return "a type URL has %d characters; it may have %d. Ask for a type such as %s."
          .formatted(length, nameLength, TypeUrl.CLUSTER);
    }
    if (!open.containsKey(request.typeUrl()) && open.size() == types) {
      return "%s is resource type %d of this stream; a stream may ask for %d. Ask for fewer."
          .formatted(request.typeUrl(), open.size() + 1, types);
    }
    if (request.longestName() > nameLength) {
      return "a resource name has %d characters; a name may have %d. Shorten it."
          .formatted(request.longestName(), nameLength);
    }
    String excess = excessOfNames(request, open);
    return excess == null ? excessOfVersions(request, open, published) : excess;
  }

  private @Nullable String excessOfNames(Request request, Map<String, Subscription> open) {
    Subscription known = open.get(request.typeUrl());
    int asked =
        known == null ? new Interest(Phase.of(request.typeUrl())).nameCountAfter(request) : 0;
    for (Subscription type : open.values()) {
      asked += type == known ? type.nameCountAfter(request) : type.nameCount();
    }
    if (asked <= names) {
      return null;
    }
    return "the stream subscribes to %d names; a stream may subscribe to %d. %s"
        .formatted(asked, names, remedy(request, known));
  }

  /** Only where {@code "*"} is an answer, and not given yet, it is the remedy. */
  private static String remedy(Request request, @Nullable Subscription known) {
    Names given =
        switch (request) {
          case Request.Whole whole -> whole.names();
          case Request.Delta delta -> delta.subscribe();
        };
    if (given.hasWildcard() || (known != null && known.isWildcard())) {
      return "It subscribes to \"*\" too: name nothing beside it.";
    }
    return Phase.of(request.typeUrl()).emptyMeansAll()
        ? "Subscribe to \"*\"."
        : "Divide what is served among several control planes.";
  }

  private @Nullable String excessOfVersions(
      Request request, Map<String, Subscription> open, @Nullable Catalog published) {
    if (!(request instanceof Request.Delta first) || open.containsKey(request.typeUrl())) {
      return null;
    }
    int told = first.versions().size();
    for (Subscription type : open.values()) {
      told += type.versionCount();
    }
    int accepted = Math.max(versions, published == null ? 0 : published.resources().size());
    return told <= accepted
        ? null
        : "the node comes with %d resources; %d are accepted. Restart it, so that it comes with none."
            .formatted(told, accepted);
  }
}
