package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/** {@code random}: uniform, independent for each row and decision. */
final class RandomScorer implements Scorer {
  RandomScorer(Arguments arguments) {}

  @Override
  public String name() {
    return "random";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of();
  }

  @Override
  public void score(Round round, float[] out) {
    for (int row = 0; row < round.size(); row++) {
      out[row] = (Mix.mix(round.seed() ^ Mix.mix(row)) >>> 40) * 0x1p-24f;
    }
  }
}
