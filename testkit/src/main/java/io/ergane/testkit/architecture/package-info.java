/**
 * The shape of the code as rules that a test can check.
 *
 * <p>{@link io.ergane.testkit.architecture.Purity} is for the decision core, {@link
 * io.ergane.testkit.architecture.Shape} for every module, {@link
 * io.ergane.testkit.architecture.Modules} for all of them together; {@link
 * io.ergane.testkit.architecture.Architecture} applies rules to compiled classes. Every rule has a
 * planted breach in this module's tests.
 */
@NullMarked
package io.ergane.testkit.architecture;

import org.jspecify.annotations.NullMarked;
