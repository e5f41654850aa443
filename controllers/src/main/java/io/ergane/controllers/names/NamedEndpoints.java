package io.ergane.controllers.names;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.EndpointTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Endpoints whose host is a name. A pool's table is read when it changes, and made anew when
 * something else is found for one of its names. Not thread-safe.
 */
final class NamedEndpoints {
  private Map<ObjectName, NamedTable> tables = Map.of();

  /** The names that the endpoints of {@code compilation} have. */
  SortedSet<String> names(Compilation compilation) {
    Map<ObjectName, NamedTable> now = new HashMap<>();
    SortedSet<String> names = new TreeSet<>();
    compilation
        .endpoints()
        .forEach((pool, table) -> {
          NamedTable before = tables.get(pool);
          NamedTable named =
              before != null && before.declared().equals(table) ? before : new NamedTable(table);
          now.put(pool, named);
          names.addAll(named.names());
        });
    tables = now;
    return names;
  }

  /**
   * A compilation with what was found for names, and with a warning where that is old.
   *
   * @param compilation the one that {@link #names} was asked of last
   */
  Compilation with(Compilation compilation, Map<String, Found> found) {
    if (found.isEmpty()) {
      return compilation;
    }
    SortedMap<ObjectName, EndpointTable> resolved = new TreeMap<>(compilation.endpoints());
    List<Diagnostic> diagnostics = new ArrayList<>(compilation.diagnostics());
    resolved.replaceAll((pool, declared) -> {
      NamedTable table = tables.get(pool);
      return table == null ? declared : table.with(found, diagnostics);
    });
    return new Compilation(compilation.image(), resolved, diagnostics, compilation.inForce());
  }
}
