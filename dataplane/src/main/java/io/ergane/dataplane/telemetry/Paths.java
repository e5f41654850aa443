package io.ergane.dataplane.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Values of the {@code path} label: the path as it came, for a bounded number of paths. */
final class Paths {
  private static final int MOST = 64;

  private final Set<String> known = ConcurrentHashMap.newKeySet();

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
