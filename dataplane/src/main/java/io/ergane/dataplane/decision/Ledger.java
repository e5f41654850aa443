package io.ergane.dataplane.decision;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.Telemetry;

/**
 * Tells telemetry of one request, each thing in order and at most once; a request that never {@link
 * #started} is not told of. Belongs to one thread at a time.
 */
public final class Ledger {

  /** What is known of the request so far. */
  public final RequestRecord record = new RequestRecord();

  private final Telemetry telemetry;
  private final Dataplane clock;
  private boolean open;
  private boolean upstream;

  /**
   * @param clock tells the time
   */
  public Ledger(Telemetry telemetry, Dataplane clock) {
    this.telemetry = telemetry;
    this.clock = clock;
  }

  /**
   * The request is one of those that are counted.
   *
   * @param now monotonic time at which it began
   */
  public void started(long now) {
    record.begin(now);
    open = true;
    telemetry.started(record);
  }

  /** The body named a model. */
  public void parsed() {
    record.counted = true;
    telemetry.parsed(record);
  }

  /** An attempt begins. */
  public void upstreamStarted() {
    if (record.upstreamStartNanos == 0) {
      record.upstreamStartNanos = clock.now();
    }
    upstream = true;
    telemetry.upstreamStarted(record);
  }

  /** The attempt that began last is over; nothing happens when none is under way. */
  public void upstreamEnded() {
    if (upstream) {
      upstream = false;
      telemetry.upstreamEnded(record);
    }
  }

  /** Bytes of the answer's body are there; calls after the first do nothing. */
  public void firstByte() {
    if (open && record.firstByteNanos == 0) {
      record.firstByteNanos = clock.now();
    }
  }

  /** The answer is complete as far as it will be. */
  public void lastByte() {
    record.lastByteNanos = clock.now();
  }

  /** The request is answered with an error. */
  public void refused(Refusal refusal) {
    record.errorType = refusal.logged();
    record.errorMessage = refusal.message();
    record.metricErrorType = refusal.counted();
  }

  /**
   * The request will come again and be told of then: this time it is neither counted nor logged.
   */
  public void withdrawn() {
    record.path = "";
    ended();
  }

  /** The request is over, now. */
  public void ended() {
    ended(clock.now());
  }

  /**
   * The request is over; calls after the first do nothing.
   *
   * @param at monotonic time at which it ended
   */
  public void ended(long at) {
    upstreamEnded();
    if (open) {
      open = false;
      record.endNanos = at;
      telemetry.ended(record);
    }
  }
}
