package io.ergane.xds.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines about refused streams, few enough that clients cannot fill a log: of each reason one in a
 * while, which says how many there were since the one before. Thread-safe.
 */
final class RefusalLog {
  private final long pauseNanos;
  private final Map<String, Reason> reasons = new HashMap<>();

  /** What was said of a reason last, and how often it was met since. */
  private static final class Reason {
    private final long saidAt;
    private long unsaid;

    Reason(long saidAt) {
      this.saidAt = saidAt;
    }
  }

  /**
   * @param pause between two lines about the same reason
   */
  RefusalLog(Duration pause) {
    pauseNanos = pause.toNanos();
  }

  /**
   * @param reason one of few
   * @param now monotonic
   * @return what to log; null for nothing
   */
  synchronized @Nullable String line(String reason, String address, String description, long now) {
    Reason last = reasons.get(reason);
    if (last != null && now - last.saidAt < pauseNanos) {
      last.unsaid++;
      return null;
    }
    reasons.put(reason, new Reason(now));
    String line = "stream from " + address + " refused: " + description;
    return last == null || last.unsaid == 0
        ? line
        : line + " (" + last.unsaid + " more since this was last told)";
  }
}
