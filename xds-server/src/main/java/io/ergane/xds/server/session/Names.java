package io.ergane.xds.server.session;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names as a request gives them, immutable. Nodes that ask for the same are best given the same
 * object: it remembers what it selected last, so that this is looked up once for all of them.
 */
public final class Names {
  /** Stands for all names. */
  public static final String ALL = "*";

  /** No names. */
  public static final Names NONE = new Names(Set.of(), 0, false);

  private final Set<String> named;
  private final int longest;
  private final boolean wildcard;

  /** Weak, since it holds resources. Threads that race to make it make the same. */
  private volatile @Nullable WeakReference<Selection> selected;

  private Names(Set<String> named, int longest, boolean wildcard) {
    this.named = named;
    this.longest = longest;
    this.wildcard = wildcard;
  }

  /** The names; {@code "*"} among them stands for all there are. */
  public static Names of(Collection<String> names) {
    if (names.isEmpty()) {
      return NONE;
    }
    Set<String> named = new LinkedHashSet<>(names);
    boolean wildcard = named.remove(ALL);
    int longest = named.stream().mapToInt(String::length).max().orElse(ALL.length());
    return new Names(Collections.unmodifiableSet(named), longest, wildcard);
  }

  /** How many there are, the wildcard among them. */
  int size() {
    return named.size() + (wildcard ? 1 : 0);
  }

  /** Characters of the longest. */
  int longest() {
    return longest;
  }

  /** Whether {@code "*"} is among them. */
  public boolean hasWildcard() {
    return wildcard;
  }

  /** The names but for {@code "*"}. */
  public Set<String> named() {
    return named;
  }

  /** What the names, but for {@code "*"}, select of a state. */
  Selection select(TypeState state) {
    WeakReference<Selection> known = selected;
    Selection last = known == null ? null : known.get();
    if (last == null || !last.isOf(state)) {
      last = Selection.named(state, named);
      selected = new WeakReference<>(last);
    }
    return last;
  }
}
