package io.ergane.cli;

/** Says why an address cannot be listened on. */
final class Binding {
  private Binding() {}

  /**
   * An error for the user.
   *
   * @param what what wants to listen, and where
   * @param remedy a sentence; not said where the address is not this machine's
   */
  static UserError failed(String what, Throwable cause, String remedy) {
    String text = String.valueOf(cause.getMessage());
    String reason = text.substring(text.lastIndexOf(": ") + 1).strip();
    boolean elsewhere = reason.contains("assign requested address");
    return new UserError(
        "%s cannot listen: %s. %s"
            .formatted(
                what,
                reason,
                elsewhere ? "This machine has no such address; name one that it has." : remedy));
  }
}
