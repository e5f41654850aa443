package io.ergane.cli;

import java.util.List;

/** All verbs, in the order in which the help shows them. */
final class Verbs {
  static final List<Verb> ALL = List.of();

  private Verbs() {}
}
