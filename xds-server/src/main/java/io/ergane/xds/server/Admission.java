package io.ergane.xds.server;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts open streams and nodes and refuses what would exceed the bounds. Thread-safe. */
final class Admission {
  private static final String ANOTHER_REPLICA =
      "Run another replica of the control plane behind the address that nodes connect to.";

  private final XdsSettings settings;
  private final Map<String, Integer> streamsOfNode = new HashMap<>();
  private int streams;

  Admission(XdsSettings settings) {
    this.settings = settings;
  }

  /** Takes a stream in; why not, when it cannot. */
  synchronized @Nullable String open() {
    if (streams >= settings.maxStreams()) {
      return "%d streams are open; the server takes %d. %s"
          .formatted(streams, settings.maxStreams(), ANOTHER_REPLICA);
    }
    streams++;
    return null;
  }

  synchronized void close() {
    streams--;
  }

  /** Takes a stream of a node in; why not, when it cannot. */
  synchronized @Nullable String open(String node) {
    int open = streamsOfNode.getOrDefault(node, 0);
    if (open >= settings.maxStreamsPerNode()) {
      return "node \"%s\" has %d streams; a node may have %d. Give each node an id of its own."
          .formatted(node, open, settings.maxStreamsPerNode());
    }
    if (open == 0 && streamsOfNode.size() >= settings.maxNodes()) {
      return "%d nodes are connected; the server takes %d. %s"
          .formatted(streamsOfNode.size(), settings.maxNodes(), ANOTHER_REPLICA);
    }
    streamsOfNode.put(node, open + 1);
    return null;
  }

  synchronized void close(String node) {
    streamsOfNode.computeIfPresent(node, (_, open) -> open == 1 ? null : open - 1);
  }

  synchronized int streams() {
    return streams;
  }

  synchronized int nodes() {
    return streamsOfNode.size();
  }
}
