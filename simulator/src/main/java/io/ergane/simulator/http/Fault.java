package io.ergane.simulator.http;

import org.jspecify.annotations.Nullable;

/**
 * A failure to show instead of, or during, an answer.
 *
 * @param status answer with this status and an error body, 0 for none
 * @param retryAfterSeconds {@code retry-after} header of that answer, -1 for none
 * @param reset when to reset the connection
 * @param stall when to stop sending for good, until the client leaves
 * @param garbage what to send that is not an answer
 * @param slowFactor factor on the unloaded times of the engine, 1 for none
 * @param count requests that meet the fault, -1 for all
 * @param path beginning of the paths that meet it, null for the inference endpoints
 */
public record Fault(
    int status,
    int retryAfterSeconds,
    Point reset,
    Point stall,
    Garbage garbage,
    double slowFactor,
    int count,
    @Nullable String path) {

  /** A point in an answer. */
  public enum Point {
    NEVER,
    BEFORE_HEADERS,
    AFTER_HEADERS,
    /** After half of the output tokens, or half of the body when not streaming. */
    MID_STREAM
  }

  /** What to send that is not an answer. */
  public enum Garbage {
    NONE,
    /** Bytes that are not HTTP, after which the connection is closed. */
    PROTOCOL,
    /** Status 200 with a body that is neither JSON nor an event stream. */
    BODY
  }

  public Fault {
    if (status != 0 && (status < 200 || status > 599)) {
      throw new IllegalArgumentException("status is 200 to 599, found " + status);
    }
    if (!(slowFactor > 0)) {
      throw new IllegalArgumentException("slowFactor is above 0, found " + slowFactor);
    }
    if (count < -1 || count == 0) {
      throw new IllegalArgumentException("count is 1 or more, or -1 for all, found " + count);
    }
  }

  /** No failure. */
  public static final Fault NONE =
      new Fault(0, -1, Point.NEVER, Point.NEVER, Garbage.NONE, 1, -1, null);

  public static Fault status(int status) {
    return NONE.withStatus(status);
  }

  public static Fault reset(Point point) {
    return new Fault(0, -1, point, Point.NEVER, Garbage.NONE, 1, -1, null);
  }

  public static Fault stall(Point point) {
    return new Fault(0, -1, Point.NEVER, point, Garbage.NONE, 1, -1, null);
  }

  public static Fault slow(double factor) {
    return new Fault(0, -1, Point.NEVER, Point.NEVER, Garbage.NONE, factor, -1, null);
  }

  public static Fault garbage(Garbage garbage) {
    return new Fault(0, -1, Point.NEVER, Point.NEVER, garbage, 1, -1, null);
  }

  public Fault withStatus(int newStatus) {
    return new Fault(newStatus, retryAfterSeconds, reset, stall, garbage, slowFactor, count, path);
  }

  public Fault withRetryAfter(int seconds) {
    return new Fault(status, seconds, reset, stall, garbage, slowFactor, count, path);
  }

  /** The same for that many requests, after which the fault is over. */
  public Fault times(int requests) {
    return new Fault(status, retryAfterSeconds, reset, stall, garbage, slowFactor, requests, path);
  }

  /** The same for paths that begin so, such as {@code /metrics}. */
  public Fault on(String beginning) {
    return new Fault(
        status, retryAfterSeconds, reset, stall, garbage, slowFactor, count, beginning);
  }
}
