/**
 * Planted breaches: each nested class breaks the rule that its file is about, and that rule must
 * say so.
 */
@NullMarked
package io.ergane.testkit.breach;

import org.jspecify.annotations.NullMarked;
