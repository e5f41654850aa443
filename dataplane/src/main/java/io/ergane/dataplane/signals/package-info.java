/**
 * The watch over inference engines: it asks each for its metrics and models at its own pace and
 * writes the answers to a sink, normally the scheduler's signal board.
 *
 * <p>Start with {@link io.ergane.dataplane.signals.EngineWatch}. Everything behind it that changes
 * is confined to one event loop a target, except the gate that ends a removed target's deliveries.
 */
@NullMarked
package io.ergane.dataplane.signals;

import org.jspecify.annotations.NullMarked;
