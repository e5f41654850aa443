/**
 * Brings compilations to Envoys and to those who decide, make before break, and what nodes reject
 * back as diagnostics.
 *
 * <p>{@link io.ergane.xds.rollout.Rollout} is the thread that does it; {@code Stages} is what it
 * does and when, as pure sequential state: compilations, what nodes run, and times go in; what is
 * published and told comes out. Start reading at {@code Stages.advance}.
 */
@NullMarked
package io.ergane.xds.rollout;

import org.jspecify.annotations.NullMarked;
