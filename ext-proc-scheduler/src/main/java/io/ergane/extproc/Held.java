package io.ergane.extproc;

import io.ergane.dataplane.decision.Refusal;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a stream holds of the server's bounds as long as nothing is decided. */
final class Held {
  private final ServerState server;
  private boolean admitted;
  private @Nullable BodyBuffer pieces;
  private Turns.@Nullable Turn turn;

  Held(ServerState server) {
    this.server = server;
  }

  /** Takes a place among the requests in flight; says why there is none, else null. */
  @Nullable Refusal admit() {
    int most = server.settings.limits().maxInFlight();
    if (server.counts.inFlight.incrementAndGet() > most) {
      server.counts.inFlight.decrementAndGet();
      return Refusal.overloaded(most + " requests in flight");
    }
    admitted = true;
    return null;
  }

  /** The place belongs to an open request now. */
  void handOver() {
    admitted = false;
  }

  /** The body so far, where it comes in pieces. */
  BodyBuffer pieces() {
    BodyBuffer buffer = pieces;
    if (buffer == null) {
      buffer = new BodyBuffer(server);
      pieces = buffer;
    }
    return buffer;
  }

  /** Messages that the body came in, where it came in pieces. */
  int pieceCount() {
    return pieces == null ? 0 : pieces.pieces();
  }

  /**
   * Whether it is a long body's turn.
   *
   * @param begin else called by {@code thread} when it is
   */
  boolean takeTurn(long bytes, Executor thread, Runnable begin) {
    Turns.Turn mine = new Turns.Turn(bytes, thread, begin);
    turn = mine;
    return server.turns.ask(mine);
  }

  /** The body is here, or read from where it was. */
  void releaseBody() {
    if (pieces != null) {
      pieces.release();
    }
    if (turn != null) {
      server.turns.over(turn);
      turn = null;
    }
  }

  void release() {
    releaseBody();
    if (admitted) {
      admitted = false;
      server.counts.inFlight.decrementAndGet();
    }
  }
}
