package io.ergane.dataplane.telemetry;

import io.ergane.core.schedule.StageTimer;

/** Told of requests by a data plane. Calls come from event loops and must not block. */
public interface Telemetry {
  /** A request was accepted: {@code active_requests} goes up. */
  void started(RequestRecord record);

  /** The body named a model; {@code active_downstream_requests} goes up. */
  void parsed(RequestRecord record);

  /** An attempt begins on the record's server, route and model; upstream gauges go up. */
  void upstreamStarted(RequestRecord record);

  /** The attempt is over, however it ended. */
  void upstreamEnded(RequestRecord record);

  /**
   * The request is over, on whatever path; called exactly once for each {@link #started}, with
   * {@code parsed} gauges to be taken down when {@link RequestRecord#counted}.
   */
  void ended(RequestRecord record);

  /** A timer for the stages of this model's decisions. */
  StageTimer stages(String model);

  /** Whether the next decision should be explained. */
  boolean explain();

  /** Counts and logs nothing. */
  Telemetry NONE =
      new Telemetry() {
        @Override
        public void started(RequestRecord record) {}

        @Override
        public void parsed(RequestRecord record) {}

        @Override
        public void upstreamStarted(RequestRecord record) {}

        @Override
        public void upstreamEnded(RequestRecord record) {}

        @Override
        public void ended(RequestRecord record) {}

        @Override
        public StageTimer stages(String model) {
          return StageTimer.NONE;
        }

        @Override
        public boolean explain() {
          return false;
        }
      };
}
