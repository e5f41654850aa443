package io.ergane.controllers.serving.plan;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The earliest time at which something is to be looked at again. */
final class Alarm {
  /** How soon what cannot be watched is looked at again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Instant now;
  private @Nullable Instant earliest;

  Alarm(Instant now) {
    this.now = now;
  }

  void at(Instant time) {
    if (earliest == null || time.isBefore(earliest)) earliest = time;
  }

  /** When what is waited for happens outside of what is watched. */
  void soon() {
    at(now.plus(RETRY));
  }

  @Nullable Instant earliest() {
    return earliest;
  }
}
