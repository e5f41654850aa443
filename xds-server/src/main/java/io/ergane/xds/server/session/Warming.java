package io.ergane.xds.server.session;

import io.ergane.proto.resource.TypeUrl;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Clusters that are new or changed at a node and whose endpoints it has not acknowledged. While
 * these are all that a catalog has they are not noted one by one.
 */
final class Warming {
  private final Set<String> names = new HashSet<>();

  /** All of its clusters that have endpoints are warming, beside {@link #names}. */
  private @Nullable Catalog all;

  private long sinceNanos;

  boolean isEmpty() {
    return names.isEmpty() && all == null;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Waits anew from now on. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
  }

  void add(String name) {
    names.add(name);
  }

  /** Adds every cluster of {@code catalog} that has endpoints. */
  void addAll(Catalog catalog) {
    if (all != null && !all.feedsTheClustersOf(catalog)) {
      noteNames();
    }
    all = all != null || !catalog.clustersWithEndpoints().isEmpty() ? catalog : null;
  }

  private void noteNames() {
    if (all != null) {
      names.addAll(all.clustersWithEndpoints());
      all = null;
    }
  }

  void remove(String name) {
    noteNames();
    names.remove(name);
  }

  void removeIf(Predicate<String> condition) {
    noteNames();
    names.removeIf(condition);
  }

  /** Removes all clusters whose endpoints a node has acknowledged that got all of these. */
  boolean removeAll(Selection endpoints) {
    boolean same = all != null && endpoints.hasAllNamesOf(all.type(TypeUrl.ENDPOINT));
    if (same) {
      all = null;
      names.removeAll(endpoints.versions().keySet());
    }
    return same;
  }

  void clear() {
    names.clear();
    all = null;
  }

  /** The clusters: a copy. */
  Collection<String> names() {
    noteNames();
    return List.copyOf(names);
  }

  int size() {
    noteNames();
    return names.size();
  }

  /** The first few, for people. */
  List<String> some() {
    noteNames();
    return names.stream().sorted().limit(3).toList();
  }
}
