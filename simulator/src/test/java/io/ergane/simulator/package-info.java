/** Rules that the simulator's packages keep. */
@NullMarked
package io.ergane.simulator;

import org.jspecify.annotations.NullMarked;
