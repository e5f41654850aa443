/**
 * The control plane: observes what is declared, compiles it, hands the outcome on. Start reading at
 * {@link io.ergane.controllers.ControlPlane}, which owns the one thread on which that happens.
 */
@NullMarked
package io.ergane.controllers;

import org.jspecify.annotations.NullMarked;
