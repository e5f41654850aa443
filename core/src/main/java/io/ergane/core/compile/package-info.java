/** From what was observed to the routing image and endpoint tables, with diagnostics. */
@NullMarked
package io.ergane.core.compile;

import org.jspecify.annotations.NullMarked;
