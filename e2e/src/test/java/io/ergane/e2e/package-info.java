/** The whole gateway over simulated engines, as its users meet it. */
@NullMarked
package io.ergane.e2e;

import org.jspecify.annotations.NullMarked;
