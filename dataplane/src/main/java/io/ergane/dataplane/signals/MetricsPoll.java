package io.ergane.dataplane.signals;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.LatencyWindow;
import io.ergane.core.engine.MetricScrape;
import org.jspecify.annotations.Nullable;

/** Polls an engine's metrics and delivers samples. */
final class MetricsPoll extends PagePoll {

  private static final long NEVER = Long.MIN_VALUE;

  private final Gate gate;
  private final MetricScrape scrape;
  private @Nullable EngineSample previous;
  private volatile long sampledAt = NEVER;

  MetricsPoll(EngineClient client, Probe.Surroundings around) {
    Target target = around.target();
    byte[] request = Requests.get(target, target.metricsPort(), target.metricsPath(), "text/plain");
    super(Page.METRICS, request, around.context().settings().metricsInterval(), client, around);
    this.gate = around.gate();
    this.scrape = new MetricScrape(target.dialect());
  }

  @Override
  void startBody() {
    scrape.reset();
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    scrape.feed(bytes, offset, length);
  }

  @Override
  @Nullable ScrapeFailure endBody(long now) {
    EngineSample sample = scrape.finish();
    if (scrape.unreadableLines() > 0) {
      context().listener().unreadable(target(), scrape.unreadableLines());
    }
    if (!sample.saysAnything()) {
      return ScrapeFailure.UNRECOGNISED;
    }
    EngineSample before = previous;
    float ttft =
        (float) LatencyWindow.advance(before == null ? null : before.ttft(), sample.ttft());
    float tpot =
        (float) LatencyWindow.advance(before == null ? null : before.tpot(), sample.tpot());
    previous = sample;
    sampledAt = now;
    gate.pass(() -> context().sink().sample(target().slot(), sample, ttft, tpot, now));
    return null;
  }

  /** How the poll stands; may be asked from any thread. */
  TargetStatus status(long now) {
    long at = sampledAt;
    return new TargetStatus(target(), at == NEVER ? -1 : now - at, failures(), lastFailure());
  }
}
