/**
 * From what was observed to the routing image and endpoint tables, with diagnostics.
 *
 * <p>Start reading at {@link io.ergane.core.compile.ImageCompiler}: an ordered list of small passes
 * over a draft. All types are immutable values except the draft, which lives for one call.
 */
@NullMarked
package io.ergane.core.compile;

import org.jspecify.annotations.NullMarked;
