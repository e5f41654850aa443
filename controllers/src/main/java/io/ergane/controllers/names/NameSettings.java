package io.ergane.controllers.names;

import java.time.Duration;

/**
 * How names are looked up.
 *
 * @param interval between two lookups of a name
 * @param first longest that a compilation is held for names that were never looked up
 * @param concurrent lookups at a time
 * @param waiting names that wait for one; more are looked up an interval later
 */
public record NameSettings(Duration interval, Duration first, int concurrent, int waiting) {
  public static final NameSettings DEFAULT =
      new NameSettings(Duration.ofSeconds(10), Duration.ofSeconds(2), 8, 4096);

  public NameSettings {
    if (!interval.isPositive() || concurrent < 1 || waiting < 1) {
      throw new IllegalArgumentException(
          "interval %s, %d at a time, %d waiting; all must be above 0"
              .formatted(interval, concurrent, waiting));
    }
  }

  public NameSettings withInterval(Duration value) {
    return new NameSettings(value, first, concurrent, waiting);
  }
}
