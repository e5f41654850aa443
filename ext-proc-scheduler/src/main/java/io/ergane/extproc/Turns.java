package io.ergane.extproc;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The order of long bodies. Envoy has them already and sends one when it is asked for it: so many
 * are asked for at a time that together they stay below a bound, the next ones as those have come.
 * Thus those that are under way have the connection, and the memory here, for themselves.
 * Thread-safe.
 */
final class Turns {
  private final long most;
  private final LinkedHashSet<Turn> waiting = new LinkedHashSet<>();
  private long taken;

  /**
   * @param most bytes at a time; a longer body has its turn alone
   */
  Turns(long most) {
    this.most = most;
  }

  /** Of one body. */
  static final class Turn {
    private final long bytes;
    private final Executor thread;
    private final Runnable begin;
    private boolean has;

    /**
     * @param begin called by {@code thread} when a turn that was waited for begins
     */
    Turn(long bytes, Executor thread, Runnable begin) {
      this.bytes = bytes;
      this.thread = thread;
      this.begin = begin;
    }
  }

  /** Whether the turn begins at once; else it is waited for. */
  synchronized boolean ask(Turn turn) {
    turn.has = waiting.isEmpty() && fits(turn);
    if (turn.has) {
      taken += turn.bytes;
    } else {
      waiting.add(turn);
    }
    return turn.has;
  }

  private boolean fits(Turn turn) {
    return taken == 0 || taken + turn.bytes <= most;
  }

  /** The body has come, or will not. Calls after the first do nothing. */
  void over(Turn turn) {
    for (Turn next : next(turn)) {
      next.thread.execute(next.begin);
    }
  }

  private synchronized List<Turn> next(Turn turn) {
    if (turn.has) {
      turn.has = false;
      taken -= turn.bytes;
    } else {
      waiting.remove(turn);
    }
    List<Turn> next = new ArrayList<>();
    Iterator<Turn> queue = waiting.iterator();
    while (queue.hasNext()) {
      Turn first = queue.next();
      if (!fits(first)) {
        break;
      }
      queue.remove();
      first.has = true;
      taken += first.bytes;
      next.add(first);
    }
    return next;
  }

  synchronized int waiting() {
    return waiting.size();
  }

  synchronized long taken() {
    return taken;
  }
}
