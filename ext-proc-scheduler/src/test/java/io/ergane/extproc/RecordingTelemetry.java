package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.schedule.StageTimer;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what it is told and checks the order of it. */
final class RecordingTelemetry implements Telemetry {
  /** How many of the next ends to answer with an exception, after they are noted. */
  final AtomicInteger failures = new AtomicInteger();

  final List<RequestRecord> ended = new CopyOnWriteArrayList<>();
  private final Map<RequestRecord, String> open = new ConcurrentHashMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  private void step(RequestRecord record, String step, boolean allowed) {
    String before = open.get(record);
    if (before == null || !allowed) {
      wrong.add(step + " after " + before);
      return;
    }
    open.put(record, before + " " + step);
  }

  private boolean upstreamOpen(RequestRecord record) {
    String before = open.getOrDefault(record, "");
    return before.lastIndexOf("up") > before.lastIndexOf("down");
  }

  @Override
  public void started(RequestRecord record) {
    if (open.put(record, "started") != null) {
      wrong.add("started twice");
    }
  }

  @Override
  public void parsed(RequestRecord record) {
    step(record, "parsed", !open.getOrDefault(record, "").contains("parsed"));
  }

  @Override
  public void upstreamStarted(RequestRecord record) {
    step(record, "up", !upstreamOpen(record));
  }

  @Override
  public void upstreamEnded(RequestRecord record) {
    step(record, "down", upstreamOpen(record));
  }

  @Override
  public void ended(RequestRecord record) {
    step(record, "ended", !upstreamOpen(record));
    open.remove(record);
    ended.add(record);
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("a test wants this end to fail");
    }
  }

  @Override
  public StageTimer stages(String model) {
    return StageTimer.NONE;
  }

  @Override
  public boolean explain() {
    return false;
  }

  void assertBalanced() {
    assertThat(wrong).isEmpty();
    assertThat(open).isEmpty();
  }

  RequestRecord last() {
    return ended.getLast();
  }
}
