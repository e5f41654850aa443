/**
 * What a ModelServing needs next, as a pure function of the objects that exist: no clock, no I/O,
 * no memory between calls. Start reading at {@link
 * io.ergane.controllers.serving.plan.ServingPlan#next}.
 */
@NullMarked
package io.ergane.controllers.serving.plan;

import org.jspecify.annotations.NullMarked;
