package io.ergane.cli;

/**
 * Something that the user can put right. The shell prints the message alone, without a stack trace,
 * and exits with {@link ExitCode#FAILED}.
 */
public final class UserError extends RuntimeException {
  /**
   * @param message what was found, what is accepted, and one remedy
   */
  UserError(String message) {
    super(message, null, false, false);
  }
}
