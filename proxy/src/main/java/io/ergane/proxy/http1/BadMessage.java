package io.ergane.proxy.http1;

/**
 * A message that breaks the grammar or a bound. Carries no stack trace: it is part of the protocol.
 */
public final class BadMessage extends Exception {
  private final int status;

  /**
   * @param status the answer that a client deserves for it, 400 to 505
   * @param message what was found and what is accepted
   */
  public BadMessage(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /** What was found and what is accepted. */
  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
