package io.ergane.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects findings in the order they are made, each once. Beyond a hundred only their number is
 * kept, so that a hostile manifest cannot fill the memory with reports.
 */
final class Findings {
  private static final int MOST = 100;

  private final Set<Finding> kept = new LinkedHashSet<>();
  private long unreported;

  void add(String field, String problem) {
    Finding finding = new Finding(field, problem);
    if (kept.size() < MOST || kept.contains(finding)) {
      kept.add(finding);
    } else {
      unreported++;
    }
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  List<Finding> toList() {
    List<Finding> all = new ArrayList<>(kept);
    if (unreported > 0) {
      all.add(new Finding("", unreported + " more problems are not shown"));
    }
    return List.copyOf(all);
  }
}
