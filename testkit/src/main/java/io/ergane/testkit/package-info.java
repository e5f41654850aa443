/**
 * What the tests of all modules share: golden files, seeded laws, and tests that need a part of the
 * machine.
 *
 * <p>{@link io.ergane.testkit.Goldens} compares text with files, {@link io.ergane.testkit.Laws}
 * runs a law over many seeded cases, {@link io.ergane.testkit.NeedsPart} skips a test whose part is
 * missing. The architecture rules are in {@code architecture}. Depends on no module of Ergane, so
 * that every module can use it.
 */
@NullMarked
package io.ergane.testkit;

import org.jspecify.annotations.NullMarked;
