package io.ergane.dataplane.decision;

import io.ergane.core.llm.RequestFacts;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RouteMatch;
import io.ergane.dataplane.Hold;

/** What a {@link Decider} came to. */
public sealed interface Outcome {

  /**
   * An endpoint was chosen, and the request is counted in on it.
   *
   * @param upstreamModel the name that the engine must know
   * @param hold to be ended by whoever asked
   */
  record Chosen(RouteMatch match, Pool pool, String upstreamModel, RequestFacts facts, Hold hold)
      implements Outcome {}

  /** Nothing is held; the request is to be answered with an error. */
  record Refused(Refusal refusal) implements Outcome {}
}
