package io.ergane.core.routing;

import io.ergane.api.ObjectName;
import java.util.List;

/**
 * The usable endpoints of a pool, in ascending order. A row keeps its number for the table's
 * lifetime.
 */
public record EndpointTable(ObjectName pool, List<Endpoint> rows) {
  public EndpointTable {
    rows = rows.stream().distinct().sorted().toList();
  }

  public int size() {
    return rows.size();
  }

  public Endpoint row(int row) {
    return rows.get(row);
  }
}
