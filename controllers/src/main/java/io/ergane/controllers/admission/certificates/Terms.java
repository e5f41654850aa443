package io.ergane.controllers.admission.certificates;

import java.time.Duration;

/**
 * How long certificates live, and how long each step of a renewal lasts.
 *
 * @param life of a certificate that can be replaced
 * @param renewal share of its life after which the next one is made, between 0 and 1
 * @param fixedLife of a certificate whose Secret this account may create but not change
 * @param propagation from telling the API servers of an authority to using it
 * @param overlap from using a new certificate to no longer trusting the one before
 * @param poll between two looks at the Secret and the webhook configurations
 */
public record Terms(
    Duration life,
    double renewal,
    Duration fixedLife,
    Duration propagation,
    Duration overlap,
    Duration poll) {
  public static final Terms DEFAULT =
      new Terms(
          Duration.ofDays(365),
          2.0 / 3,
          Duration.ofDays(3650),
          Duration.ofMinutes(1),
          Duration.ofDays(1),
          Duration.ofSeconds(15));

  public Terms {
    boolean sound =
        life.isPositive()
            && renewal > 0
            && renewal < 1
            && fixedLife.isPositive()
            && !propagation.isNegative()
            && !overlap.isNegative()
            && poll.isPositive();
    if (!sound) {
      throw new IllegalArgumentException("terms out of range");
    }
  }
}
