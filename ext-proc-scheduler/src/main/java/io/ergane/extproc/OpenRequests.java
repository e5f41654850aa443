package io.ergane.extproc;

import io.ergane.dataplane.Hold;
import io.ergane.dataplane.decision.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The requests whose end is not known yet though their stream may be over, by token. Each is taken
 * out once, by the access log, its stream or the clock, whichever comes first. The number of
 * requests in flight bounds it. Thread-safe.
 */
final class OpenRequests {
  private final ConcurrentMap<Long, OpenRequest> open = new ConcurrentHashMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final long process;
  private final long lostAfter;
  private final long orphanAfter;

  /**
   * @param seed of the tokens' process part
   */
  OpenRequests(long seed, ExtProcSettings.Accounting settings) {
    process = (seed & 0xFF_FFFFL) | 1;
    lostAfter = settings.lostAfter().toNanos();
    orphanAfter = settings.orphanAfter().toNanos();
  }

  /** A name for a decision; it names nothing until the request is added. */
  long newToken() {
    return Tokens.of(process, sequence.incrementAndGet());
  }

  /** Whether the token was made here. */
  boolean made(long token) {
    return Tokens.process(token) == process;
  }

  OpenRequest add(long token, Hold hold, Ledger ledger, Object connection, long now) {
    OpenRequest request = new OpenRequest(token, hold, ledger, connection, now + lostAfter);
    open.put(token, request);
    return request;
  }

  /** A request whose stream ended before the decision: only its access-log entry is due. */
  void addUndecided(long token, Ledger ledger, Object connection, long now) {
    open.put(token, new OpenRequest(token, null, ledger, connection, now + orphanAfter));
  }

  /** The request, which belongs to the caller now; null when it is not open. */
  @Nullable OpenRequest take(long token) {
    return token == Tokens.NONE ? null : open.remove(token);
  }

  int size() {
    return open.size();
  }

  /** A connection has ended: entries for what was decided over it may never come. */
  void orphan(Object connection, long now) {
    for (OpenRequest request : open.values()) {
      if (request.connection.equals(connection)) {
        request.orphaned = true;
        request.deadline = now + Math.min(orphanAfter, Math.max(0, request.deadline - now));
      }
    }
  }

  /** Takes out what is past its deadline. */
  List<OpenRequest> takeLost(long now) {
    List<OpenRequest> lost = new ArrayList<>();
    for (OpenRequest request : open.values()) {
      if (now - request.deadline >= 0 && open.remove(request.token, request)) {
        lost.add(request);
      }
    }
    return lost;
  }

  /** Takes out everything. */
  List<OpenRequest> takeAll() {
    List<OpenRequest> all = new ArrayList<>();
    for (OpenRequest request : open.values()) {
      if (open.remove(request.token, request)) {
        all.add(request);
      }
    }
    return all;
  }
}
