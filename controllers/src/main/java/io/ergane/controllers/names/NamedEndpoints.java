package io.ergane.controllers.names;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Endpoints whose host is a name. */
final class NamedEndpoints {
  private NamedEndpoints() {}

  /** The names that endpoints have. */
  static SortedSet<String> names(Compilation compilation) {
    TreeSet<String> names = new TreeSet<>();
    for (EndpointTable table : compilation.endpoints().values()) {
      for (Endpoint endpoint : table.rows()) {
        if (isName(endpoint.host())) {
          names.add(endpoint.host());
        }
      }
    }
    return names;
  }

  /** The compilation with what was found for names, and with a warning where that is old. */
  static Compilation with(Compilation compilation, Map<String, Found> found) {
    if (found.isEmpty()) {
      return compilation;
    }
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(compilation.endpoints());
    List<Diagnostic> diagnostics = new ArrayList<>(compilation.diagnostics());
    tables.replaceAll((_, table) -> with(table, found, diagnostics));
    return new Compilation(compilation.image(), tables, diagnostics, compilation.inForce());
  }

  private static EndpointTable with(
      EndpointTable table, Map<String, Found> found, List<Diagnostic> diagnostics) {
    if (table.rows().stream().noneMatch(endpoint -> found.containsKey(endpoint.host()))) {
      return table;
    }
    List<Endpoint> rows = new ArrayList<>(table.size());
    for (Endpoint endpoint : table.rows()) {
      Found known = found.get(endpoint.host());
      rows.add(known == null ? endpoint : endpoint.at(known.address()));
      if (known != null && known.address() != null && known.missed()) {
        diagnostics.add(old(endpoint, known));
      }
    }
    return new EndpointTable(table.pool(), rows);
  }

  private static Diagnostic old(Endpoint endpoint, Found known) {
    return new Diagnostic(
        Severity.WARNING,
        "endpoint-address-old",
        "Pod " + endpoint.pod(),
        "",
        "its host '%s' is not found any more. Envoys still use %s, which it was before. Have the name resolve on the control plane's machine, or give the address."
            .formatted(endpoint.host(), known.address()));
  }

  private static boolean isName(String host) {
    return !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
  }
}
