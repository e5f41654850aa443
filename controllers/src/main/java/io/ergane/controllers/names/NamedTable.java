package io.ergane.controllers.names;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A pool's table, the names in it, and what it was last with what was found for them. */
final class NamedTable {
  private final EndpointTable declared;
  private final Set<String> names = new HashSet<>();
  private final List<Diagnostic> old = new ArrayList<>();
  private Map<String, Found> known = Map.of();
  private EndpointTable resolved;

  NamedTable(EndpointTable declared) {
    this.declared = declared;
    this.resolved = declared;
    for (Endpoint endpoint : declared.rows()) {
      if (isName(endpoint.host())) {
        names.add(endpoint.host());
      }
    }
  }

  private static boolean isName(String host) {
    return !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
  }

  EndpointTable declared() {
    return declared;
  }

  Set<String> names() {
    return names;
  }

  /** The table with what was found for its names; warnings about what is old are added. */
  EndpointTable with(Map<String, Found> found, List<Diagnostic> diagnostics) {
    Map<String, Found> own = new HashMap<>();
    for (String name : names) {
      Found of = found.get(name);
      if (of != null) {
        own.put(name, of);
      }
    }
    if (!own.equals(known)) {
      known = own;
      resolve();
    }
    diagnostics.addAll(old);
    return resolved;
  }

  private void resolve() {
    old.clear();
    List<Endpoint> rows = new ArrayList<>(declared.size());
    for (Endpoint endpoint : declared.rows()) {
      Found of = known.get(endpoint.host());
      rows.add(of == null ? endpoint : endpoint.at(of.address()));
      if (of != null && of.address() != null && of.missed()) {
        old.add(old(endpoint, of));
      }
    }
    resolved = new EndpointTable(declared.pool(), rows);
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
}
