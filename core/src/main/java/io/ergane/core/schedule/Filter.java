package io.ergane.core.schedule;

import java.util.Set;

/** Removes rows that must not take the request. Pure: same round, same removals. */
public interface Filter {
  /** The name in the router's configuration. */
  String name();

  /** Columns that are read. */
  Set<Signal> needs();

  void filter(Round round);
}
