package io.ergane.proto.resource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Resources of many types, immutable. Each type's are in the order of their names; types that do
 * not change are shared between a set and the sets made from it.
 */
public final class ResourceSet {
  public static final ResourceSet EMPTY = new ResourceSet(Collections.emptySortedMap());

  private final SortedMap<String, SortedTable> types;

  private ResourceSet(SortedMap<String, SortedTable> types) {
    this.types = Collections.unmodifiableSortedMap(types);
  }

  /** The set of these resources; of two with one key the later wins. */
  public static ResourceSet of(Collection<Resource> resources) {
    return EMPTY.with(resources, List.of());
  }

  /** Names to resources of a type, empty for a type that the set does not hold. */
  public SortedMap<String, Resource> ofType(String typeUrl) {
    return types.getOrDefault(typeUrl, SortedTable.EMPTY);
  }

  public @Nullable Resource get(Key key) {
    return ofType(key.typeUrl()).get(key.name());
  }

  /** URLs of the types that the set holds something of, sorted. */
  public Set<String> types() {
    return types.keySet();
  }

  /** Number of resources of all types. */
  public int size() {
    return types.values().stream().mapToInt(SortedTable::size).sum();
  }

  /** Every resource, by type and name. */
  public List<Resource> all() {
    List<Resource> all = new ArrayList<>(size());
    types.values().forEach(table -> all.addAll(table.values()));
    return all;
  }

  /**
   * This set with {@code changed} added or replaced and {@code removed} taken out; a key in both is
   * changed.
   */
  public ResourceSet with(Collection<Resource> changed, Collection<Key> removed) {
    TreeMap<String, SortedMap<String, Optional<Resource>>> changes = new TreeMap<>();
    for (Key key : removed) {
      changes
          .computeIfAbsent(key.typeUrl(), _ -> new TreeMap<>())
          .put(key.name(), Optional.empty());
    }
    for (Resource resource : changed) {
      changes
          .computeIfAbsent(resource.typeUrl(), _ -> new TreeMap<>())
          .put(resource.name(), Optional.of(resource));
    }
    if (changes.isEmpty()) {
      return this;
    }
    TreeMap<String, SortedTable> result = new TreeMap<>(types);
    changes.forEach((type, ofType) -> {
      SortedTable table = result.getOrDefault(type, SortedTable.EMPTY).with(ofType);
      if (table.isEmpty()) {
        result.remove(type);
      } else {
        result.put(type, table);
      }
    });
    return new ResourceSet(result);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ResourceSet set && types.equals(set.types);
  }

  @Override
  public int hashCode() {
    return types.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    types.forEach((type, table) ->
        text.append(text.isEmpty() ? "" : ", ")
            .append(table.size())
            .append(' ')
            .append(TypeUrl.shortName(type)));
    return text.toString();
  }
}
