package io.ergane.dataplane.telemetry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last explained requests. Safe for many threads. */
public final class DecisionLog {
  private static final long SECOND = 1_000_000_000L;

  private final @Nullable RequestRecord[] ring;
  private final int perSecond;
  private long written;
  private long second;
  private int inSecond;

  /**
   * @param capacity requests kept, 0 or more
   * @param perSecond most decisions explained in one second
   */
  public DecisionLog(int capacity, int perSecond) {
    ring = new RequestRecord[capacity];
    this.perSecond = perSecond;
  }

  synchronized boolean admits(long now) {
    long current = now / SECOND;
    if (current != second) {
      second = current;
      inSecond = 0;
    }
    return ring.length > 0 && inSecond++ < perSecond;
  }

  synchronized void add(RequestRecord record) {
    if (ring.length > 0) {
      ring[(int) (written++ % ring.length)] = record;
    }
  }

  /** Kept requests, newest first. */
  public synchronized List<RequestRecord> newestFirst() {
    List<RequestRecord> all = new ArrayList<>();
    for (long i = written - 1; i >= Math.max(0, written - ring.length); i--) {
      RequestRecord record = ring[(int) (i % ring.length)];
      if (record != null) {
        all.add(record);
      }
    }
    return all;
  }

  /** The newest kept request with an id, or null. */
  public @Nullable RequestRecord find(String requestId) {
    return newestFirst().stream()
        .filter(record -> requestId.equals(record.requestId))
        .findFirst()
        .orElse(null);
  }

  public int capacity() {
    return ring.length;
  }
}
