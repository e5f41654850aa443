/** Tests of the plan, most of them on a simulated cluster with virtual time. */
@NullMarked
package io.ergane.controllers.serving.plan;

import org.jspecify.annotations.NullMarked;
