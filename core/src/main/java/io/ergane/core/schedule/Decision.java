package io.ergane.core.schedule;

import io.ergane.core.routing.Endpoint;
import java.util.List;

/** What to do with a request. */
public sealed interface Decision {

  /**
   * Send it. The first choice's in-flight count has been moved already; whoever falls back moves
   * the others'.
   *
   * @param choices best first, at least one; the rest are fallbacks in order
   * @param pool size of the table that was decided on
   */
  record Send(List<Choice> choices, int pool) implements Decision {
    public Choice first() {
      return choices.get(0);
    }
  }

  /**
   * An endpoint and its slot on the signal board.
   *
   * @param slot where its in-flight count is
   */
  record Choice(Endpoint endpoint, int slot) {}

  /** Do not send it. */
  record Refuse(Reason reason, String plugin) implements Decision {}

  /** Why nothing could be chosen. */
  enum Reason {
    /** The pool has no usable endpoint. */
    NO_ENDPOINTS,
    /** A filter removed every endpoint. */
    ALL_FILTERED
  }
}
