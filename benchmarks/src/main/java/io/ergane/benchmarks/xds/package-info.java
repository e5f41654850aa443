/**
 * How long a change takes to reach many nodes over xDS: Ergane's server beside java-control-plane's
 * own server and cache, with nodes that do not decode.
 *
 * <p>{@link io.ergane.benchmarks.xds.XdsFanout} runs everything: {@code ./dev bench xds}.
 */
@NullMarked
package io.ergane.benchmarks.xds;

import org.jspecify.annotations.NullMarked;
