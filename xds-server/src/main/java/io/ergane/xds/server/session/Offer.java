package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What there is of a type for one stream: the newest state that it may have, where to look for what
 * that no longer has, and what must stay in responses that hold everything.
 */
final class Offer {
  private final boolean whole;

  /** Resources that are no longer published but must stay in whole responses for now. */
  private final SortedMap<String, Resource> held = new TreeMap<>();

  private TypeState newest;
  private TypeState fallback = TypeState.EMPTY;

  /**
   * @param whole whether each response holds everything that the node wants
   */
  Offer(TypeState newest, boolean whole) {
    this.newest = newest;
    this.whole = whole;
  }

  /**
   * Takes over what is published now.
   *
   * @param known whether the node may have the resource of a name
   * @return names of what differs
   */
  Collection<String> advance(TypeState next, Predicate<String> known) {
    if (next == newest) {
      return List.of();
    }
    Collection<String> changed = next.differences(newest);
    if (whole) {
      for (String name : changed) {
        Resource before = newest.get(name);
        if (next.get(name) != null) {
          held.remove(name);
        } else if (before != null && known.test(name)) {
          held.put(name, before);
        }
      }
    }
    newest = next;
    return changed;
  }

  /**
   * Takes over where to look for what {@link #advance the newest state} no longer has.
   *
   * @return names of which there may be something else now
   */
  Collection<String> fallBackTo(TypeState next) {
    if (next == fallback) {
      return List.of();
    }
    boolean nothingNew = next == newest && fallback == TypeState.EMPTY;
    Collection<String> changed = nothingNew ? List.of() : next.differences(fallback);
    fallback = next;
    return changed;
  }

  TypeState newest() {
    return newest;
  }

  /**
   * The resource, be it of the newest state or of the one to fall back to; null when in neither.
   */
  @Nullable Resource get(String name) {
    Resource resource = newest.get(name);
    return resource != null ? resource : fallback.get(name);
  }

  /** Whether there is no resource, be it to fall back to. */
  boolean isEmpty() {
    return newest.resources().isEmpty() && fallback.resources().isEmpty();
  }

  /** Names of all resources; one that is also there to fall back to comes twice. */
  void forEachName(Consumer<String> action) {
    newest.resources().keySet().forEach(action);
    if (!hasNoFallback()) {
      fallback.resources().keySet().forEach(action);
    }
  }

  /** Whether there is nothing to fall back to that the newest state does not have. */
  boolean hasNoFallback() {
    return fallback == TypeState.EMPTY || fallback.hasNamesOf(newest);
  }

  /** Whether nothing is kept beside the newest state. */
  boolean isNewestAlone() {
    return held.isEmpty();
  }

  /** Keeps the resource of {@code name} no longer. */
  void release(String name) {
    held.remove(name);
  }

  /** Keeps resources of {@code names} alone. */
  void retain(Collection<String> names) {
    held.keySet().retainAll(names);
  }

  /** All that a node with this interest is to have, in the order of names. */
  List<Resource> everything(Interest interest) {
    if (interest.isAll() && held.isEmpty()) {
      return newest.all().resources();
    }
    SortedMap<String, Resource> all = new TreeMap<>(held);
    if (interest.isAll()) {
      all.putAll(newest.resources());
    } else {
      for (String name : interest.names()) {
        Resource resource = newest.get(name);
        if (resource != null) {
          all.put(name, resource);
        }
      }
    }
    return List.copyOf(all.values());
  }
}
