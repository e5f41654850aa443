package io.ergane.extproc;

import io.ergane.dataplane.Hold;
import io.ergane.dataplane.decision.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * A request whose stream says nothing more and whose end is not known yet. Whoever takes it out of
 * {@link OpenRequests} owns it.
 */
final class OpenRequest {
  final long token;

  /** What the decision holds; null when the stream ended before there was one. */
  final @Nullable Hold hold;

  final Ledger ledger;

  /** Where it was decided; tells apart the connections that end. */
  final Object connection;

  /** Monotonic time at which it counts as lost. */
  volatile long deadline;

  /** Its connection has ended. */
  volatile boolean orphaned;

  OpenRequest(long token, @Nullable Hold hold, Ledger ledger, Object connection, long deadline) {
    this.token = token;
    this.hold = hold;
    this.ledger = ledger;
    this.connection = connection;
    this.deadline = deadline;
  }
}
