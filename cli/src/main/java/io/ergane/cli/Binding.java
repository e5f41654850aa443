package io.ergane.cli;

/** Says why an address cannot be listened on. */
final class Binding {
  private Binding() {}

  /**
   * An error for the user.
   *
   * @param what what wants to listen, and where
   * @param remedy a sentence
   */
  static UserError failed(String what, Throwable cause, String remedy) {
    String text = String.valueOf(cause.getMessage());
    String reason = text.substring(text.lastIndexOf(": ") + 1).strip();
    return new UserError("%s cannot listen: %s. %s".formatted(what, reason, remedy));
  }
}
