package io.ergane.core.compile;

import io.ergane.api.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Words for what exists where a name was looked up in vain. */
final class Nearby {
  private static final int MOST = 8;

  private Nearby() {}

  /**
   * Names the objects of the same namespace, and those of the same name elsewhere.
   *
   * @param known all objects of the kind, sorted
   */
  static String of(String kind, ObjectName wanted, Iterable<ObjectName> known) {
    List<String> here = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    for (ObjectName name : known) {
      if (name.namespace().equals(wanted.namespace())) {
        here.add(name.name());
      } else if (name.name().equals(wanted.name())) {
        elsewhere.add(name.toString());
      }
    }
    String words =
        here.isEmpty()
            ? "namespace %s has no %s".formatted(wanted.namespace(), kind)
            : "namespace %s has %s".formatted(wanted.namespace(), list(here));
    return elsewhere.isEmpty()
        ? words
        : words
            + "; targets are looked up in the route's namespace only, not in "
            + list(elsewhere);
  }

  private static String list(List<String> names) {
    String first = names.stream().limit(MOST).collect(Collectors.joining(", "));
    return names.size() > MOST ? first + " and " + (names.size() - MOST) + " more" : first;
  }
}
