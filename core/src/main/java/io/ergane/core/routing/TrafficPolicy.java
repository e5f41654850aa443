package io.ergane.core.routing;

/**
 * How attempts are made.
 *
 * @param timeoutMillis bound of one attempt from dialling to the response's headers; 0 means none
 * @param attempts endpoints tried for one request, at least 1
 * @param retryIntervalMillis pause before another attempt
 */
public record TrafficPolicy(long timeoutMillis, int attempts, long retryIntervalMillis) {
  /** Endpoints tried where a ModelServer does not say otherwise. */
  public static final int DEFAULT_ATTEMPTS = 5;

  public static final TrafficPolicy DEFAULT = new TrafficPolicy(0, DEFAULT_ATTEMPTS, 0);

  public TrafficPolicy {
    if (timeoutMillis < 0 || attempts < 1 || retryIntervalMillis < 0) {
      throw new IllegalArgumentException(
          "timeout "
              + timeoutMillis
              + " ms, attempts "
              + attempts
              + ", interval "
              + retryIntervalMillis
              + " ms");
    }
  }
}
