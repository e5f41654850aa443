package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Filter;
import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/**
 * {@code least-request}: keeps endpoints whose engine has fewer than {@code maxWaitingRequests}
 * (default 10) requests waiting. An endpoint whose queue is unknown stays.
 */
final class LeastRequestFilter implements Filter {
  private final int maxWaiting;

  LeastRequestFilter(Arguments arguments) {
    maxWaiting = arguments.positive("maxWaitingRequests", 10);
  }

  @Override
  public String name() {
    return "least-request";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.WAITING);
  }

  @Override
  public void filter(Round round) {
    float[] waiting = round.column(Signal.WAITING);
    for (int row = 0; row < round.size(); row++) {
      if (waiting[row] >= maxWaiting) {
        round.remove(row);
      }
    }
  }
}
