package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointHealthTest {
  private static final long SECOND = 1_000_000_000L;
  private final EndpointHealth health =
      new EndpointHealth(2, new HealthPolicy(3, 5 * SECOND, 60 * SECOND, 10 * SECOND));

  private boolean fail(int times, long now) {
    boolean ejected = false;
    for (int i = 0; i < times; i++) {
      ejected = health.failed(0, now);
    }
    return ejected;
  }

  @Test
  void failuresInARowEjectAndASuccessBetweenThemDoesNot() {
    health.join(0, true, 0);
    assertThat(fail(2, 0)).isFalse();
    health.succeeded(0, 0);
    assertThat(fail(2, 0)).isFalse();
    assertThat(health.ejected(0, 0)).isFalse();
    assertThat(fail(1, 0)).isTrue();
    assertThat(health.ejected(0, 0)).isTrue();
    assertThat(health.ejected(1, 0)).isFalse();
  }

  @Test
  void ejectionsGrowToTheirBound() {
    health.join(0, true, 0);
    long now = 0;
    long[] lengths = new long[6];
    for (int i = 0; i < lengths.length; i++) {
      assertThat(fail(3, now)).isTrue();
      lengths[i] = health.ejectedFor(0, now) / SECOND;
      now += health.ejectedFor(0, now);
    }
    assertThat(lengths).containsExactly(5, 10, 20, 40, 60, 60);
  }

  @Test
  void anEjectionEndsWithTimeAndTheShareGrowsBackSlowly() {
    health.join(0, true, 0);
    fail(3, 0);
    assertThat(health.ejected(0, 5 * SECOND - 1)).isTrue();
    assertThat(health.ejected(0, 5 * SECOND)).isFalse();
    assertThat(health.share(0, 5 * SECOND)).isEqualTo(0.1f);
    assertThat(health.share(0, 10 * SECOND)).isEqualTo(0.5f);
    assertThat(health.share(0, 15 * SECOND)).isEqualTo(1f);
  }

  @Test
  void aSuccessfulProbeEndsAnEjectionEarly() {
    health.join(0, true, 0);
    fail(3, 0);
    health.probed(0, SECOND);
    assertThat(health.ejected(0, SECOND)).isFalse();
    assertThat(health.share(0, SECOND)).isLessThan(1);
  }

  @Test
  void aLongQuietTimeForgivesOldEjections() {
    health.join(0, true, 0);
    fail(3, 0);
    fail(3, 5 * SECOND);
    long later = 200 * SECOND;
    health.succeeded(0, later);
    fail(3, later);
    assertThat(health.ejectedFor(0, later)).isEqualTo(5 * SECOND);
  }

  @Test
  void aNewEndpointStartsSlowlyUnlessItIsWarm() {
    health.join(0, false, 0);
    health.join(1, true, 0);
    assertThat(health.share(0, 0)).isEqualTo(0.1f);
    assertThat(health.share(1, 0)).isEqualTo(1f);
  }
}
