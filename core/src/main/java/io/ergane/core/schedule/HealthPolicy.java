package io.ergane.core.schedule;

/**
 * When an endpoint is taken out of rotation for what happened to requests.
 *
 * @param failures consecutive failures that eject, at least 1
 * @param baseNanos first ejection's length; it doubles with each one that follows
 * @param maxNanos bound of an ejection's length
 * @param slowStartNanos time over which a new or returned endpoint's share grows to its full; 0
 *     switches slow start off
 */
public record HealthPolicy(int failures, long baseNanos, long maxNanos, long slowStartNanos) {
  private static final long SECOND = 1_000_000_000L;

  public static final HealthPolicy DEFAULT =
      new HealthPolicy(3, 5 * SECOND, 60 * SECOND, 10 * SECOND);

  public HealthPolicy {
    if (failures < 1 || baseNanos < 1 || maxNanos < baseNanos || slowStartNanos < 0) {
      throw new IllegalArgumentException(
          "failures %d, base %d ns, max %d ns, slow start %d ns"
              .formatted(failures, baseNanos, maxNanos, slowStartNanos));
    }
  }
}
