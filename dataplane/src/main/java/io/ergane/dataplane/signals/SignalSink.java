package io.ergane.dataplane.signals;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.schedule.SignalBoard;
import java.util.Set;

/**
 * Takes what engines say. For one slot, calls come one after the other and, once a target is no
 * longer watched, not at all; for different slots they come from several threads at once.
 */
public interface SignalSink {

  /**
   * A slot's engine was scraped.
   *
   * @param ttft mean seconds to first token since the scrape before; NaN when there was none
   * @param tpot mean seconds per output token since the scrape before; NaN when there was none
   * @param now nanoseconds of the watch's clock
   */
  void sample(int slot, EngineSample sample, float ttft, float tpot, long now);

  /** A slot's engine listed its models and adapters. */
  void models(int slot, Set<String> names);

  /** Writes to a board. */
  static SignalSink into(SignalBoard board) {
    return new SignalSink() {
      @Override
      public void sample(int slot, EngineSample sample, float ttft, float tpot, long now) {
        board.sample(slot, sample.running(), sample.waiting(), sample.kvUsage(), ttft, tpot, now);
      }

      @Override
      public void models(int slot, Set<String> names) {
        board.models(slot, names);
      }
    };
  }
}
