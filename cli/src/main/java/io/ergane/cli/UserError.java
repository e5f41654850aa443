package io.ergane.cli;

/**
 * Something that the user can put right. The shell prints the message alone, without a stack trace,
 * and exits with its code.
 */
public final class UserError extends RuntimeException {
  private final int exitCode;

  /**
   * Something that was understood and cannot be done.
   *
   * @param message what was found, what is accepted, and one remedy
   */
  UserError(String message) {
    this(message, ExitCode.FAILED);
  }

  private UserError(String message, int exitCode) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /**
   * A command line with a value that is never accepted, or with options that do not go together.
   */
  static UserError ofCommandLine(String message) {
    return new UserError(message, ExitCode.USAGE);
  }

  /** {@link ExitCode#FAILED} or {@link ExitCode#USAGE}. */
  int exitCode() {
    return exitCode;
  }
}
