package io.ergane.dataplane;

import io.ergane.core.schedule.HealthPolicy;
import java.time.Duration;

/**
 * Bounds of a data plane.
 *
 * @param maxEndpoints endpoints known at one time, 1 to 16384; more are left out and diagnosed
 * @param maxSampleAge age above which what an engine said of itself is unknown
 * @param prefixEntries bound of the prefix index of each pool, in (block, endpoint) pairs of 8
 *     bytes
 */
public record DataplaneSettings(
    int maxEndpoints, Duration maxSampleAge, int prefixEntries, HealthPolicy health) {

  public static final DataplaneSettings DEFAULT =
      new DataplaneSettings(16384, Duration.ofSeconds(5), 1 << 20, HealthPolicy.DEFAULT);
}
