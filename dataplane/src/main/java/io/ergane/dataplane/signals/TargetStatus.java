package io.ergane.dataplane.signals;

import org.jspecify.annotations.Nullable;

/**
 * How the watch over a target's metrics stands.
 *
 * @param target the target
 * @param ageNanos nanoseconds since its metrics were last read; -1 when they never were
 * @param failuresInRow scrapes failed since then
 * @param lastFailure why the last scrape failed; null when it did not
 */
public record TargetStatus(
    Target target, long ageNanos, int failuresInRow, @Nullable ScrapeFailure lastFailure) {}
