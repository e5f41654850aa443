package io.ergane.proxy;

import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.Telemetry;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Tells telemetry of one request, each thing in order and at most once; paths of our own are not
 * told of.
 */
final class Ledger {
  private static final long NANOS = 1_000_000_000L;

  final RequestRecord record = new RequestRecord();
  private final Telemetry telemetry;
  private final LongSupplier clock;
  private boolean open;
  private boolean upstream;

  Ledger(Telemetry telemetry, LongSupplier clock) {
    this.telemetry = telemetry;
    this.clock = clock;
  }

  void started(long now) {
    Instant wall = Instant.now();
    record.startedAtEpochNanos = wall.getEpochSecond() * NANOS + wall.getNano();
    record.startNanos = now;
    open = true;
    telemetry.started(record);
  }

  void parsed() {
    record.counted = true;
    telemetry.parsed(record);
  }

  void upstreamStarted() {
    if (record.upstreamStartNanos == 0) {
      record.upstreamStartNanos = clock.getAsLong();
    }
    upstream = true;
    telemetry.upstreamStarted(record);
  }

  void upstreamEnded() {
    if (upstream) {
      upstream = false;
      telemetry.upstreamEnded(record);
    }
  }

  void firstByte() {
    if (open && record.firstByteNanos == 0) {
      record.firstByteNanos = clock.getAsLong();
      telemetry.firstByte(record);
    }
  }

  void lastByte() {
    record.lastByteNanos = clock.getAsLong();
  }

  void refused(Refusal refusal) {
    record.errorType = refusal.logged();
    record.errorMessage = refusal.message();
    record.metricErrorType = refusal.counted();
  }

  void ended() {
    upstreamEnded();
    if (open) {
      open = false;
      record.endNanos = clock.getAsLong();
      telemetry.ended(record);
    }
  }
}
