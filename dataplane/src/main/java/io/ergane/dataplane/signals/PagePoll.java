package io.ergane.dataplane.signals;

import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Asks one engine for one page again and again: at once, then at a random phase so that engines
 * spread over the interval, then each interval give or take a twentieth. An engine that fails is
 * asked at half the pace, then at a quarter, down to the slowest. Confined to one event loop.
 */
abstract sealed class PagePoll implements EngineClient.Exchange permits MetricsPoll, ModelsPoll {

  private static final double JITTER = 0.05;

  private final Page page;
  private final Target target;
  private final EngineClient client;
  private final WatchContext context;
  private final SplittableRandom random;
  private final byte[] request;
  private final long interval;
  private final long deadline;
  private final Runnable onFirstOutcome;

  private boolean asking;
  private boolean settledOnce;
  private long dueAt;
  private long askedAt;
  private volatile int failures;
  private volatile @Nullable ScrapeFailure lastFailure;

  PagePoll(
      Page page,
      byte[] request,
      Duration interval,
      EngineClient client,
      Probe.Surroundings around) {
    this.page = page;
    this.request = request;
    this.interval = interval.toNanos();
    this.client = client;
    this.target = around.target();
    this.context = around.context();
    this.random = around.random();
    this.onFirstOutcome = around.onFirstOutcome();
    this.deadline = context.settings().deadline().toNanos();
    this.dueAt = context.clock().getAsLong();
  }

  /** Ends what is overdue and begins what is due. Returns whether it began something. */
  final boolean tick(long now) {
    if (asking) {
      if (now - askedAt > deadline) {
        client.abandon();
        settle(ScrapeFailure.DEADLINE);
      }
      return false;
    }
    if (now - dueAt < 0 || client.isBusy()) {
      return false;
    }
    asking = true;
    askedAt = now;
    startBody();
    client.get(request, this);
    return true;
  }

  @Override
  public final void done() {
    settle(endBody(context.clock().getAsLong()));
  }

  @Override
  public final void failed(ScrapeFailure reason) {
    settle(reason);
  }

  /** The page will not be asked for any more. */
  final void retire() {
    firstOutcome();
  }

  final int failures() {
    return failures;
  }

  final @Nullable ScrapeFailure lastFailure() {
    return lastFailure;
  }

  final Target target() {
    return target;
  }

  final WatchContext context() {
    return context;
  }

  /** Makes ready for the pieces of a body. */
  abstract void startBody();

  /** Delivers what a whole body said; returns why it says nothing, or null. */
  abstract @Nullable ScrapeFailure endBody(long now);

  private void settle(@Nullable ScrapeFailure failure) {
    asking = false;
    lastFailure = failure;
    failures = failure == null ? 0 : failures + 1;
    long now = context.clock().getAsLong();
    dueAt = Math.max(now, askedAt + pause());
    if (failure == null) {
      context.listener().scraped(target, page, now - askedAt);
    } else {
      context.listener().failed(target, page, failure);
    }
    firstOutcome();
  }

  private long pause() {
    if (!settledOnce) {
      return (long) (interval * (0.5 + random.nextDouble()));
    }
    int slower = Math.min(1 << Math.clamp(failures - 1, 0, 30), context.settings().slowestFactor());
    return (long) (interval * slower * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }

  private void firstOutcome() {
    if (!settledOnce) {
      settledOnce = true;
      onFirstOutcome.run();
    }
  }
}
