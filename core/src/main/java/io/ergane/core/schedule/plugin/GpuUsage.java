package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/** {@code gpu-usage}: the free share of the engine's KV cache. */
final class GpuUsage implements Scorer {
  GpuUsage(Arguments arguments) {}

  @Override
  public String name() {
    return "gpu-usage";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.KV_USAGE);
  }

  @Override
  public void score(Round round, float[] out) {
    float[] usage = round.column(Signal.KV_USAGE);
    for (int row = 0; row < round.size(); row++) {
      float used = usage[row];
      out[row] = used < 0 ? 1 : used > 1 ? 0 : 1 - used;
    }
  }
}
