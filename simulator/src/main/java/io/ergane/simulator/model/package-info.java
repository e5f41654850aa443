/**
 * An inference engine as a calculation: continuous batching, a block-based KV cache with prefix
 * reuse and a linear step cost, in virtual time. No clock, thread or input and output here; start
 * reading at {@link io.ergane.simulator.model.EngineModel}. An object of this package belongs to
 * one thread at a time.
 */
@NullMarked
package io.ergane.simulator.model;

import org.jspecify.annotations.NullMarked;
