package io.ergane.xds.server.session;

import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything published at one moment, immutable, with what changed since moments before. */
public final class Catalog {
  private final ResourceSet resources;
  private final Map<String, TypeState> types;
  private final long revision;

  /** Threads that race to make it make the same. */
  private volatile @Nullable List<String> fed;

  private Catalog(ResourceSet resources, Map<String, TypeState> types, long revision) {
    this.resources = resources;
    this.types = types;
    this.revision = revision;
  }

  /** A first publication. */
  public static Catalog of(ResourceSet resources) {
    return new Catalog(ResourceSet.EMPTY, Map.of(), 0).replacedBy(resources);
  }

  /** The catalog after {@code next} was published in place of everything; this one when equal. */
  public Catalog replacedBy(ResourceSet next) {
    Set<String> urls = new HashSet<>(resources.types());
    urls.addAll(next.types());
    Map<String, Collection<String>> changes = new HashMap<>();
    for (String url : urls) {
      Collection<String> names = TypeState.differences(resources.ofType(url), next.ofType(url));
      if (!names.isEmpty()) {
        changes.put(url, names);
      }
    }
    return with(next, changes);
  }

  /** The catalog after some resources changed; a key in both is changed. This one when none did. */
  public Catalog changed(Collection<Resource> changed, Collection<Key> removed) {
    ResourceSet next = resources.with(changed, removed);
    Map<String, Collection<String>> changes = new HashMap<>();
    changed.forEach(resource -> note(resource.key(), next, changes));
    removed.forEach(key -> note(key, next, changes));
    return with(next, changes);
  }

  private void note(Key key, ResourceSet next, Map<String, Collection<String>> changes) {
    Resource before = resources.get(key);
    Resource after = next.get(key);
    boolean equal =
        before == null ? after == null : after != null && before.version().equals(after.version());
    if (!equal) {
      changes.computeIfAbsent(key.typeUrl(), _ -> new LinkedHashSet<>()).add(key.name());
    }
  }

  private Catalog with(ResourceSet next, Map<String, Collection<String>> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Map<String, TypeState> nextTypes = new HashMap<>(types);
    changes.forEach(
        (url, names) -> nextTypes.put(url, type(url).next(next.ofType(url), names, revision + 1)));
    return new Catalog(next, nextTypes, revision + 1);
  }

  public ResourceSet resources() {
    return resources;
  }

  /** Whether the clusters are those of {@code other}, and the same of them have endpoints. */
  boolean feedsTheClustersOf(Catalog other) {
    return this == other
        || (type(TypeUrl.CLUSTER) == other.type(TypeUrl.CLUSTER)
            && type(TypeUrl.ENDPOINT).hasNamesOf(other.type(TypeUrl.ENDPOINT)));
  }

  /** Names of the clusters that have endpoints. */
  List<String> clustersWithEndpoints() {
    List<String> names = fed;
    if (names == null) {
      TypeState endpoints = type(TypeUrl.ENDPOINT);
      names =
          type(TypeUrl.CLUSTER).resources().keySet().stream()
              .filter(name -> endpoints.get(name) != null)
              .toList();
      fed = names;
    }
    return names;
  }

  /** The resources of a type; empty for a type of which nothing was ever published. */
  public TypeState type(String typeUrl) {
    return types.getOrDefault(typeUrl, TypeState.EMPTY);
  }
}
