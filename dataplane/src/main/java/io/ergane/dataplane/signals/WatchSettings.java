package io.ergane.dataplane.signals;

import java.time.Duration;

/**
 * How engines are watched.
 *
 * @param metricsInterval between two scrapes of one engine's metrics
 * @param modelsInterval between two reads of one engine's model list
 * @param deadline for a whole page, connecting included
 * @param slowestFactor an engine that keeps failing is asked this many times less often, at most
 * @param maxBodyBytes longest answer that is read
 * @param maxHeadBytes longest status line and headers that are read
 */
public record WatchSettings(
    Duration metricsInterval,
    Duration modelsInterval,
    Duration deadline,
    int slowestFactor,
    int maxBodyBytes,
    int maxHeadBytes) {

  /** Metrics each second, models each five, 2 s deadline, 4 times slower, 4 MiB and 16 KiB. */
  public static final WatchSettings DEFAULT =
      new WatchSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          4,
          4 << 20,
          16 << 10);

  public WatchSettings {
    requirePositive("metricsInterval", metricsInterval);
    requirePositive("modelsInterval", modelsInterval);
    requirePositive("deadline", deadline);
    requireAtLeast("slowestFactor", slowestFactor, 1);
    requireAtLeast("maxBodyBytes", maxBodyBytes, 1);
    requireAtLeast("maxHeadBytes", maxHeadBytes, 256);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "%s is %s; it must be 1 ms or more".formatted(name, value));
    }
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be %d or more".formatted(name, value, least));
    }
  }
}
