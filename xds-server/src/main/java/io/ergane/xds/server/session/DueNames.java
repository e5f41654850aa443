package io.ergane.xds.server.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of which a node may not have what is published, and since when there are any. */
final class DueNames {
  /** Sets that were larger are not kept once they are empty. */
  private static final int SMALL = 64;

  private Set<String> due = new HashSet<>();
  private final Set<String> forced = new HashSet<>();
  private int most;
  private long sinceNanos;

  DueNames(long nowNanos) {
    sinceNanos = nowNanos;
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
    due = new HashSet<>();
    forced.clear();
    most = 0;
  }

  void retain(Collection<String> names) {
    due.retainAll(names);
    forced.retainAll(names);
  }

  boolean isEmpty() {
    return due.isEmpty();
  }

  boolean contains(String name) {
    return due.contains(name);
  }

  boolean isForced(String name) {
    return forced.contains(name);
  }

  Set<String> names() {
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
