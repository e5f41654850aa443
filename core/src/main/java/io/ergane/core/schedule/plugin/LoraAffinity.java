package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Filter;
import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/**
 * {@code lora-affinity}: keeps endpoints that list the requested adapter, and none when no endpoint
 * does. Requests for a base model pass.
 */
final class LoraAffinity implements Filter {
  LoraAffinity(Arguments arguments) {}

  @Override
  public String name() {
    return "lora-affinity";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.LISTS_MODEL);
  }

  @Override
  public void filter(Round round) {
    if (!round.adapter()) {
      return;
    }
    float[] lists = round.column(Signal.LISTS_MODEL);
    for (int row = 0; row < round.size(); row++) {
      if (!(lists[row] > 0)) {
        round.remove(row);
      }
    }
  }
}
