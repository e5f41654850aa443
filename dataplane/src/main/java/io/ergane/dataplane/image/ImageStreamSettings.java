package io.ergane.dataplane.image;

import java.time.Duration;

/**
 * Bounds and waits of an {@link ImageStream}.
 *
 * @param maxMessageBytes longest response of the control plane
 * @param firstPause before the first new attempt; doubles with each that fails
 * @param longestPause bound of that
 * @param keepAlive a silent connection is pinged so often
 * @param keepAliveTimeout a ping that is not answered so long ends the connection
 */
public record ImageStreamSettings(
    int maxMessageBytes,
    Duration firstPause,
    Duration longestPause,
    Duration keepAlive,
    Duration keepAliveTimeout) {

  public static final ImageStreamSettings DEFAULT =
      new ImageStreamSettings(
          64 << 20,
          Duration.ofMillis(250),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10));

  /** Pauses before the attempts that follow failed ones. */
  public ImageStreamSettings withPauses(Duration first, Duration longest) {
    return new ImageStreamSettings(maxMessageBytes, first, longest, keepAlive, keepAliveTimeout);
  }

  /**
   * The pause before an attempt: half of it is fixed, half is drawn, so that many clients do not
   * come back at once.
   *
   * @param failures attempts that failed in a row, 1 or more
   * @param draw from 0 to below 1
   */
  long pauseNanos(int failures, double draw) {
    double doubled = firstPause.toNanos() * Math.pow(2, Math.min(failures - 1, 40));
    double pause = Math.min(doubled, (double) longestPause.toNanos());
    return (long) (pause * (0.5 + draw / 2));
  }
}
