package io.ergane.controllers.admission.certificates;

import java.time.Duration;

/**
 * How long certificates live, and how long each step of a renewal lasts.
 *
 * @param life of a certificate that can be replaced; at two thirds of it the next one is made
 * @param fixedLife of a certificate whose Secret this account may create but not change
 * @param propagation from telling the API servers of an authority to using it
 * @param overlap from using a new certificate to no longer trusting the one before
 * @param poll between two looks at the Secret and the webhook configurations
 */
public record Terms(
    Duration life, Duration fixedLife, Duration propagation, Duration overlap, Duration poll) {
  public static final Terms DEFAULT =
      new Terms(
          Duration.ofDays(365),
          Duration.ofDays(3650),
          Duration.ofMinutes(1),
          Duration.ofDays(1),
          Duration.ofSeconds(15));

  public Terms {
    boolean sound =
        life.isPositive()
            && fixedLife.isPositive()
            && !propagation.isNegative()
            && !overlap.isNegative()
            && poll.isPositive();
    if (!sound) {
      throw new IllegalArgumentException("terms must be above zero");
    }
  }
}
