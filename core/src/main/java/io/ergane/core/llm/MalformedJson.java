package io.ergane.core.llm;

import java.io.Serial;

/**
 * Carries a {@link Malformed} out of nested reading; caught at the entry of this package. Has no
 * stack trace.
 */
final class MalformedJson extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  final transient Malformed malformed;

  MalformedJson(Problem problem, String message, int at) {
    super(message, null, false, false);
    this.malformed = new Malformed(problem, message, at);
  }
}
