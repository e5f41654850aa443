package io.ergane.controllers.yaml;

/** Text that is not YAML or JSON, or more of it than is accepted. */
final class Unreadable extends Exception {
  private static final long serialVersionUID = 1;

  /** Line counted from 0. */
  private final int line;

  Unreadable(int line, String problem) {
    super(problem, null, false, false);
    this.line = line;
  }

  int line() {
    return line;
  }
}
