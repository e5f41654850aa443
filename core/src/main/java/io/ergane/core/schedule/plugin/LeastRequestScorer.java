package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/**
 * {@code least-request}: load is the in-flight count plus a hundred for each request that was sent
 * and that the engine does not run yet; the score falls linearly from 1 at no load to 0 at the
 * candidates' greatest load.
 */
final class LeastRequestScorer implements Scorer {
  private static final int NOT_RUNNING_PENALTY = 100;

  LeastRequestScorer(Arguments arguments) {
    arguments.unused("maxWaitingRequests");
  }

  @Override
  public String name() {
    return "least-request";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.IN_FLIGHT, Signal.RUNNING);
  }

  @Override
  public void score(Round round, float[] out) {
    float[] inFlight = round.column(Signal.IN_FLIGHT);
    float[] running = round.column(Signal.RUNNING);
    float max = 0;
    for (int row = 0; row < round.size(); row++) {
      float queued = inFlight[row] - running[row];
      out[row] = inFlight[row] + (queued > 0 ? NOT_RUNNING_PENALTY * queued : 0);
      if (out[row] > max && round.isCandidate(row)) {
        max = out[row];
      }
    }
    for (int row = 0; row < round.size(); row++) {
      out[row] = max == 0 ? 1 : (max - out[row]) / max;
    }
  }
}
