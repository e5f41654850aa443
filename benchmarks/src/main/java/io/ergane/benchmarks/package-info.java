/** Micro-benchmarks of the hot paths, run by {@code ./dev jmh}; nothing here ships. */
@NullMarked
package io.ergane.benchmarks;

import org.jspecify.annotations.NullMarked;
