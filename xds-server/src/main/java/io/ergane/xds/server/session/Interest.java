package io.ergane.xds.server.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which resources of a type a node wants: named ones, all, or both.
 *
 * <p>{@code "*"} asks for all. So does a first request that names nothing, for {@linkplain
 * Phase#emptyMeansAll some types}; in the state-of-the-world form this lasts until names are given,
 * and an empty list after names means nothing at all.
 */
final class Interest {
  private static final String ALL = "*";

  private final boolean emptyMeansAll;
  private boolean all;
  private boolean everNamed;
  private final Set<String> names = new HashSet<>();

  /**
   * What a request changed.
   *
   * @param all whether everything is wanted that was not before
   * @param added names asked for; in the incremental form also those asked for again
   * @param dropped names given up
   * @param narrowed whether less may be wanted than before
   */
  record Change(boolean all, List<String> added, List<String> dropped, boolean narrowed) {}

  Interest(Phase phase) {
    emptyMeansAll = phase.emptyMeansAll();
  }

  Change take(Request request, boolean first) {
    return switch (request) {
      case Request.Whole whole -> replace(whole.names());
      case Request.Delta delta -> apply(delta, first);
    };
  }

  private Change replace(List<String> wanted) {
    Set<String> next = new HashSet<>(wanted);
    boolean star = next.remove(ALL);
    boolean allBefore = all;
    all = star || (next.isEmpty() && emptyMeansAll && !everNamed);
    everNamed |= star || !next.isEmpty();
    List<String> added = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    if (!next.equals(names)) {
      for (String name : names) {
        if (!next.contains(name)) {
          dropped.add(name);
        }
      }
      dropped.forEach(names::remove);
      for (String name : next) {
        if (names.add(name)) {
          added.add(name);
        }
      }
    }
    return new Change(all && !allBefore, added, dropped, !dropped.isEmpty() || (allBefore && !all));
  }

  private Change apply(Request.Delta request, boolean first) {
    boolean allBefore = all;
    List<String> added = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    for (String name : request.unsubscribe()) {
      if (name.equals(ALL)) {
        all = false;
      } else if (names.remove(name)) {
        dropped.add(name);
      }
    }
    for (String name : request.subscribe()) {
      if (name.equals(ALL)) {
        all = true;
      } else {
        names.add(name);
        added.add(name);
      }
    }
    all |= first && request.subscribe().isEmpty() && emptyMeansAll;
    return new Change(all && !allBefore, added, dropped, !dropped.isEmpty() || (allBefore && !all));
  }

  boolean contains(String name) {
    return all || names.contains(name);
  }

  boolean isAll() {
    return all;
  }

  /** Names asked for by name. */
  Set<String> names() {
    return names;
  }
}
