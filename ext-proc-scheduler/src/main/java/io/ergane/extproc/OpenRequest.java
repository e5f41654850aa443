package io.ergane.extproc;

import io.ergane.dataplane.Hold;
import io.ergane.dataplane.decision.Ledger;

/**
 * A decided request whose end is not known yet. Whoever takes it out of {@link OpenRequests} owns
 * it.
 */
final class OpenRequest {
  final long token;
  final Hold hold;
  final Ledger ledger;

  /** Where it was decided; tells apart the connections that end. */
  final Object connection;

  /** Monotonic time at which it counts as lost. */
  volatile long deadline;

  /** Its connection has ended. */
  volatile boolean orphaned;

  OpenRequest(long token, Hold hold, Ledger ledger, Object connection, long deadline) {
    this.token = token;
    this.hold = hold;
    this.ledger = ledger;
    this.connection = connection;
    this.deadline = deadline;
  }
}
