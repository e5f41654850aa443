package io.ergane.dataplane.signals;

import java.util.function.LongSupplier;

/**
 * What all polls of a watch share.
 *
 * @param clock nanoseconds, monotonic
 */
record WatchContext(
    WatchSettings settings, SignalSink sink, ScrapeListener listener, LongSupplier clock) {}
