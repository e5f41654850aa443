/**
 * Bytes of model traffic understood without building trees: facts of a request body, edits that
 * leave every other byte alone, frames and usage of answers, error bodies.
 *
 * <p>Start at {@link io.ergane.core.llm.RequestScan} for requests and {@link
 * io.ergane.core.llm.StreamInspector} for streamed answers. Mutable scanners belong to one thread;
 * everything they return is immutable.
 */
@NullMarked
package io.ergane.core.llm;

import org.jspecify.annotations.NullMarked;
