package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resources of one state of a type, all or those of some names: what a node gets that has none.
 * Immutable, and shared by all streams that ask for the same.
 */
final class Selection {
  private final TypeState state;
  private final List<Resource> resources;
  private final List<String> absent;
  private final long bytes;

  /** Threads that race to make it make the same. */
  private volatile @Nullable Map<String, String> versions;

  private Selection(TypeState state, List<Resource> resources, List<String> absent) {
    this.state = state;
    this.resources = resources;
    this.absent = absent;
    this.bytes = resources.stream().mapToLong(resource -> resource.body().size()).sum();
  }

  static Selection all(TypeState state) {
    return new Selection(state, List.copyOf(state.resources().values()), List.of());
  }

  static Selection named(TypeState state, Set<String> names) {
    List<Resource> found = new ArrayList<>(names.size());
    List<String> absent = new ArrayList<>();
    for (String name : names) {
      Resource resource = state.get(name);
      if (resource == null) {
        absent.add(name);
      } else {
        found.add(resource);
      }
    }
    Collections.sort(absent);
    if (found.size() == state.resources().size()) {
      return new Selection(state, state.all().resources(), List.copyOf(absent));
    }
    found.sort((a, b) -> a.name().compareTo(b.name()));
    return new Selection(state, List.copyOf(found), List.copyOf(absent));
  }

  /** Whether this was selected of {@code other}. */
  boolean isOf(TypeState other) {
    return state == other;
  }

  /** Whether this is everything, and a resource of every name that {@code other} has. */
  @SuppressWarnings("ReferenceEquality") // Selections of everything share the list.
  boolean hasAllNamesOf(TypeState other) {
    return resources == state.all().resources() && state.hasNamesOf(other);
  }

  /** In the order of names; the same list in all selections of everything. */
  List<Resource> resources() {
    return resources;
  }

  /** Names of which there is no resource, sorted. */
  List<String> absent() {
    return absent;
  }

  /** Size of all bodies. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return resources.isEmpty() && absent.isEmpty();
  }

  /** Version of each resource by name. */
  Map<String, String> versions() {
    Map<String, String> table = versions;
    if (table == null) {
      Map<String, String> made = HashMap.newHashMap(resources.size());
      resources.forEach(resource -> made.put(resource.name(), resource.version()));
      table = Collections.unmodifiableMap(made);
      versions = table;
    }
    return table;
  }
}
