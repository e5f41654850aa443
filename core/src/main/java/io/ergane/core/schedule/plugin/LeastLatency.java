package io.ergane.core.schedule.plugin;

import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.Set;

/**
 * {@code least-latency}: mean time to first token and per output token, each scaled from 1 at the
 * candidates' best to 0 at their worst, mixed by {@code TTFTTPOTWeightFactor} (share of the former,
 * default 0.5). Unknown where one of the two is.
 */
final class LeastLatency implements Scorer {
  private final float ttftShare;

  LeastLatency(Arguments arguments) {
    ttftShare = arguments.share("TTFTTPOTWeightFactor", 0.5f);
  }

  @Override
  public String name() {
    return "least-latency";
  }

  @Override
  public Set<Signal> needs() {
    return Set.of(Signal.TTFT, Signal.TPOT);
  }

  @Override
  public void score(Round round, float[] out) {
    float[] ttft = round.column(Signal.TTFT);
    float[] tpot = round.column(Signal.TPOT);
    Span first = new Span();
    Span each = new Span();
    for (int row = 0; row < round.size(); row++) {
      if (round.isCandidate(row) && measured(ttft[row], tpot[row])) {
        first.include(ttft[row]);
        each.include(tpot[row]);
      }
    }
    for (int row = 0; row < round.size(); row++) {
      out[row] =
          measured(ttft[row], tpot[row])
              ? ttftShare * first.score(ttft[row]) + (1 - ttftShare) * each.score(tpot[row])
              : Float.NaN;
    }
  }

  private static boolean measured(float ttft, float tpot) {
    return ttft > 0 && tpot > 0;
  }

  /** Least and greatest value seen. */
  private static final class Span {
    private float least = Float.POSITIVE_INFINITY;
    private float greatest = Float.NEGATIVE_INFINITY;

    void include(float value) {
      if (value < least) {
        least = value;
      }
      if (value > greatest) {
        greatest = value;
      }
    }

    float score(float value) {
      if (value <= least) {
        return 1;
      }
      return value >= greatest ? 0 : (greatest - value) / (greatest - least);
    }
  }
}
