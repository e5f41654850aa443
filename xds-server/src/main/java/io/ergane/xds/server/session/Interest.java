package io.ergane.xds.server.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which resources of a type a node wants: named ones, all, or both.
 *
 * <p>{@code "*"} asks for all. So does a first request that names nothing, for {@linkplain
 * Phase#emptyMeansAll some types}; in the state-of-the-world form this lasts until names are given,
 * and an empty list after names means nothing at all.
 */
final class Interest {
  private final boolean emptyMeansAll;
  private boolean all;
  private boolean everNamed;

  /** What {@link #names} are when one request gave them all; null once they are of our own. */
  private @Nullable Names given = Names.NONE;

  private Set<String> names = Set.of();

  /**
   * What a request changed.
   *
   * @param all whether everything is wanted that was not before
   * @param added names asked for; in the incremental form also those asked for again
   * @param dropped names given up
   * @param narrowed whether less may be wanted than before
   */
  record Change(
      boolean all, Collection<String> added, Collection<String> dropped, boolean narrowed) {}

  Interest(Phase phase) {
    emptyMeansAll = phase.emptyMeansAll();
  }

  Change take(Request request, boolean first) {
    return switch (request) {
      case Request.Whole whole -> replace(whole.names());
      case Request.Delta delta -> apply(delta, first);
    };
  }

  /** Whether a request after the first may ask for something else than those before it. */
  boolean mayChange(Request request) {
    return switch (request) {
      case Request.Whole whole -> whole.names() != given;
      case Request.Delta delta -> delta.subscribe().size() + delta.unsubscribe().size() > 0;
    };
  }

  private Change replace(Names wanted) {
    Set<String> next = wanted.named();
    boolean allBefore = all;
    all = wanted.hasWildcard() || (next.isEmpty() && emptyMeansAll && !everNamed);
    everNamed |= wanted.size() > 0;
    Collection<String> added = names.isEmpty() ? next : without(next, names);
    Collection<String> dropped = without(names, next);
    names = next;
    given = wanted;
    return new Change(all && !allBefore, added, dropped, !dropped.isEmpty() || (allBefore && !all));
  }

  private static List<String> without(Set<String> names, Set<String> others) {
    return names.stream().filter(name -> !others.contains(name)).toList();
  }

  private Change apply(Request.Delta request, boolean first) {
    boolean allBefore = all;
    List<String> dropped = new ArrayList<>();
    for (String name : request.unsubscribe()) {
      if (name.equals(Names.ALL)) {
        all = false;
      } else if (names.contains(name)) {
        ownNames().remove(name);
        dropped.add(name);
      }
    }
    Names wanted = request.subscribe();
    if (names.isEmpty()) {
      names = wanted.named();
      given = wanted;
    } else if (!wanted.named().isEmpty()) {
      ownNames().addAll(wanted.named());
    }
    all |= wanted.hasWildcard() || (first && wanted.size() == 0 && emptyMeansAll);
    return new Change(
        all && !allBefore, wanted.named(), dropped, !dropped.isEmpty() || (allBefore && !all));
  }

  private Set<String> ownNames() {
    if (given != null) {
      names = new HashSet<>(names);
      given = null;
    }
    return names;
  }

  boolean contains(String name) {
    return all || names.contains(name);
  }

  boolean isAll() {
    return all;
  }

  /** How many names are asked for by name once {@code request} is taken. */
  int nameCountAfter(Request request) {
    if (!mayChange(request)) {
      return names.size();
    }
    return switch (request) {
      case Request.Whole whole -> whole.names().named().size();
      case Request.Delta delta -> {
        Set<String> dropped = new HashSet<>(delta.unsubscribe());
        dropped.retainAll(names);
        int added = 0;
        for (String name : delta.subscribe().named()) {
          added += names.contains(name) && !dropped.contains(name) ? 0 : 1;
        }
        yield names.size() - dropped.size() + added;
      }
    };
  }

  /** Names asked for by name. */
  Set<String> names() {
    return names;
  }

  /** What is wanted of a state, shared with others; null when it is not known to be shared. */
  @Nullable Selection select(TypeState state) {
    if (all) {
      return names.isEmpty() ? state.all() : null;
    }
    return given == null ? null : given.select(state);
  }
}
