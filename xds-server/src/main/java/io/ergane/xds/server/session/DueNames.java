package io.ergane.xds.server.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of which a node may not have what is published, and since when there are any. All that a
 * node wants that has nothing is not noted name by name.
 */
final class DueNames {
  /** Sets that were larger are not kept once they are empty. */
  private static final int SMALL = 64;

  private final Interest interest;
  private final Offer offer;
  private Set<String> due = new HashSet<>();
  private final Set<String> forced = new HashSet<>();

  /** Everything that the node wants is due, whatever is noted. */
  private boolean all;

  private int most;
  private long sinceNanos;

  /** Nothing, and nothing since now. */
  DueNames(Interest interest, Offer offer, long nowNanos) {
    this.interest = interest;
    this.offer = offer;
    sinceNanos = nowNanos;
  }

  /** Adds all that the node wants now, or will want until it is {@linkplain #note noted}. */
  void addAll() {
    all = true;
  }

  /** Notes name by name what is due. */
  void note() {
    if (all) {
      all = false;
      if (interest.isAll()) {
        offer.forEachName(name -> add(name, sinceNanos));
      }
      interest.names().forEach(name -> add(name, sinceNanos));
    }
  }

  /**
   * All that the node wants, when that is due and is shared with others that want the same; else
   * null.
   *
   * @param maxBytes of all bodies; when they are more it is null
   */
  @Nullable Selection everything(long maxBytes) {
    Selection everything = all && offer.hasNoFallback() ? interest.select(offer.newest()) : null;
    return everything != null && everything.bytes() <= maxBytes ? everything : null;
  }

  /**
   * Adds those of {@code names} that the node wants.
   *
   * @param idle whether nothing was due before there was something else of these names
   */
  void changed(Collection<String> names, boolean idle, long nowNanos) {
    if (all) {
      sinceNanos = idle ? nowNanos : sinceNanos;
      return;
    }
    for (String name : names) {
      if (interest.contains(name)) {
        add(name, nowNanos);
      }
    }
  }

  void add(String name, long nowNanos) {
    if (due.isEmpty()) {
      sinceNanos = nowNanos;
    }
    due.add(name);
    most = Math.max(most, due.size());
  }

  /** As {@link #add}, and even if the node has the version that is published. */
  void force(String name, long nowNanos) {
    forced.add(name);
    add(name, nowNanos);
  }

  void done(String name) {
    due.remove(name);
    forced.remove(name);
    if (due.isEmpty() && most > SMALL) {
      due = new HashSet<>();
      most = 0;
    }
  }

  void clear() {
    all = false;
    due = new HashSet<>();
    forced.clear();
    most = 0;
  }

  void retain(Collection<String> names) {
    due.retainAll(names);
    forced.retainAll(names);
  }

  boolean isEmpty() {
    return all
        ? interest.names().isEmpty() && (!interest.isAll() || offer.isEmpty())
        : due.isEmpty();
  }

  boolean contains(String name) {
    return due.contains(name);
  }

  /** Whether {@code name} is to be sent again. */
  boolean isForced(String name) {
    return forced.contains(name);
  }

  boolean isAnyForced() {
    return !forced.isEmpty();
  }

  /** Each of the names. */
  Set<String> names() {
    note();
    return Collections.unmodifiableSet(due);
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Counts from now on for what is still due. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** The names in an order that depends on nothing but the names: a copy. */
  List<String> inOrder(TypeState state) {
    if (due.size() <= 1) {
      return List.copyOf(due);
    }
    List<String> ordered = new ArrayList<>(due.size());
    if (due.size() * 8 >= state.resources().size()) {
      for (String name : state.resources().keySet()) {
        if (due.contains(name)) {
          ordered.add(name);
        }
      }
    }
    if (ordered.size() < due.size()) {
      boolean none = ordered.isEmpty();
      due.stream().filter(name -> none || state.get(name) == null).sorted().forEach(ordered::add);
    }
    return ordered;
  }
}
