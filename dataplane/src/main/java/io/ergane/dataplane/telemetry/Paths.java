package io.ergane.dataplane.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Values of the {@code path} label: the path as it came, for a bounded number of paths. The paths
 * of known APIs are always among them, whatever clients ask for first.
 */
final class Paths {
  private static final int MOST = 64;

  private final Set<String> known = ConcurrentHashMap.newKeySet();

  Paths() {
    known.addAll(
        Set.of(
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/responses",
            "/v1/messages",
            "/v1/embeddings",
            "/v1/rerank"));
  }

  String label(String path) {
    if (known.contains(path)) {
      return path;
    }
    if (known.size() >= MOST || path.length() > 128) {
      return "other";
    }
    known.add(path);
    return path;
  }
}
