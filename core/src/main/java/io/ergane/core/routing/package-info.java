/** The routing image: what users declared, compiled, immutable and hashed. */
@NullMarked
package io.ergane.core.routing;

import org.jspecify.annotations.NullMarked;
