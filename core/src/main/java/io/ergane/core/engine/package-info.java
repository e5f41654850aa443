/**
 * What inference engines say about themselves, as pure text: metric expositions and model lists.
 *
 * <p>Start with {@link io.ergane.core.engine.MetricScrape}, which turns the bytes of one exposition
 * into an {@link io.ergane.core.engine.EngineSample}; which series it reads is a {@link
 * io.ergane.core.engine.MetricDialect}. A new engine is one {@code …Dialect} class, one line in
 * {@link io.ergane.core.engine.MetricDialects} and its test.
 */
@NullMarked
package io.ergane.core.engine;

import org.jspecify.annotations.NullMarked;
