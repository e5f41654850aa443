package io.ergane.controllers.kubernetes;

/** The API server refused a request, or could not be reached. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Code of a request that got no answer. */
  public static final int NO_ANSWER = 0;

  private final int code;
  private final String reason;

  /**
   * @param code HTTP status, or {@link #NO_ANSWER}
   * @param reason the API server's word for it, e.g. {@code AlreadyExists}; may be empty
   */
  ApiException(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  ApiException(String message, Throwable cause) {
    super(message, cause);
    this.code = NO_ANSWER;
    this.reason = "";
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /** The object, or its kind, is not there. */
  public boolean notFound() {
    return code == 404;
  }

  /** The account may not do that. */
  public boolean forbidden() {
    return code == 403;
  }

  /** Somebody else wrote in between, or the object is another one than was meant. */
  public boolean conflict() {
    return code == 409 && !alreadyExists();
  }

  public boolean alreadyExists() {
    return reason.equals("AlreadyExists");
  }

  /** What was to be continued is no longer known. */
  boolean expired() {
    return code == 410;
  }
}
