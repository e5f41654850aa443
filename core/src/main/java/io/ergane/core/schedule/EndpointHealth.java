package io.ergane.core.schedule;

/**
 * Passive health: what requests and probes met at each slot. Sequential; calls are serialised by
 * the owner, except that {@link #ejected} and {@link #share} may be read by anyone and may be one
 * write old.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>from</th><th>event</th><th>to</th></tr>
 * <tr><td>in rotation</td><td>the {@code failures}-th failure in a row</td><td>ejected, longer each time</td></tr>
 * <tr><td>ejected</td><td>its time is over, or a probe succeeded</td><td>slow start</td></tr>
 * <tr><td>slow start</td><td>{@code slowStartNanos} passed</td><td>in rotation</td></tr>
 * <tr><td>any</td><td>success</td><td>failures in a row: 0</td></tr>
 * </table>
 */
public final class EndpointHealth {
  private final HealthPolicy policy;
  private final int[] failures;
  private final int[] ejections;
  private final int[] ejectedTimes;
  private final long[] ejectedUntil;
  private final boolean[] ejected;
  private final long[] rotationSince;
  private final boolean[] slowStart;

  public EndpointHealth(int capacity, HealthPolicy policy) {
    this.policy = policy;
    failures = new int[capacity];
    ejections = new int[capacity];
    ejectedTimes = new int[capacity];
    ejectedUntil = new long[capacity];
    ejected = new boolean[capacity];
    rotationSince = new long[capacity];
    slowStart = new boolean[capacity];
  }

  /**
   * A slot has a new endpoint.
   *
   * @param warm the endpoint takes its full share at once
   */
  public void join(int slot, boolean warm, long now) {
    failures[slot] = 0;
    ejections[slot] = 0;
    ejectedTimes[slot] = 0;
    ejected[slot] = false;
    rotationSince[slot] = now;
    slowStart[slot] = !warm && policy.slowStartNanos() > 0;
  }

  /** A request was answered, whatever the answer, short of a 5xx. */
  public void succeeded(int slot, long now) {
    failures[slot] = 0;
    if (ejections[slot] > 0
        && !ejected(slot, now)
        && now - rotationSince[slot] > policy.maxNanos()) {
      ejections[slot] = 0;
    }
  }

  /**
   * A connection failed or was reset, or the answer was a 5xx.
   *
   * @return whether this ejected the endpoint
   */
  public boolean failed(int slot, long now) {
    failures[slot]++;
    if (failures[slot] < policy.failures() || ejected(slot, now)) {
      return false;
    }
    failures[slot] = 0;
    int doublings = Math.min(ejections[slot]++, 20);
    long length = Math.min(policy.baseNanos() << doublings, policy.maxNanos());
    ejectedUntil[slot] = now + (length > 0 ? length : policy.maxNanos());
    rotationSince[slot] = ejectedUntil[slot];
    slowStart[slot] = policy.slowStartNanos() > 0;
    ejected[slot] = true;
    ejectedTimes[slot]++;
    return true;
  }

  /** The engine answered a probe: an ejection ends early. */
  public void probed(int slot, long now) {
    if (ejected(slot, now)) {
      ejected[slot] = false;
      failures[slot] = 0;
      rotationSince[slot] = now;
    }
  }

  public boolean ejected(int slot, long now) {
    return ejected[slot] && now - ejectedUntil[slot] < 0;
  }

  /** How often the slot's endpoint was ejected since it joined. */
  public int ejections(int slot) {
    return ejectedTimes[slot];
  }

  /** Nanoseconds until the endpoint is back, 0 when it is in rotation. */
  public long ejectedFor(int slot, long now) {
    return ejected(slot, now) ? ejectedUntil[slot] - now : 0;
  }

  /** Share of its traffic that an endpoint may take, above 0 to 1. */
  public float share(int slot, long now) {
    if (!slowStart[slot]) {
      return 1;
    }
    long age = now - rotationSince[slot];
    if (age >= policy.slowStartNanos()) {
      return 1;
    }
    return Math.max(0.1f, (float) age / policy.slowStartNanos());
  }
}
