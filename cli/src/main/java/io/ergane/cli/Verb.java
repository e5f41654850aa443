package io.ergane.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * One verb of the command line.
 *
 * @param name what the user types after {@code ergane}
 * @param summary one line for the help, starting with a verb and without a full stop
 * @param hidden whether the help and the suggestions leave it out
 * @param command makes the picocli command; its result is the exit code
 */
record Verb(
    String name, String summary, boolean hidden, Supplier<? extends Callable<Integer>> command) {

  static Verb of(String name, String summary, Supplier<? extends Callable<Integer>> command) {
    return new Verb(name, summary, false, command);
  }
}
