package io.ergane.cli;

/** What a process of Ergane exits with. */
final class ExitCode {
  /** Done as asked. */
  static final int OK = 0;

  /** Understood, but not done: findings, an unreachable server, a port in use. */
  static final int FAILED = 1;

  /** The command line itself is wrong, whatever the state of things it names. */
  static final int USAGE = 2;

  private ExitCode() {}
}
