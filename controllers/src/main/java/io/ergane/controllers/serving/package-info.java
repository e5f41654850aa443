/**
 * The ModelServing controller: shows the plan what the cluster holds, our own writes included, and
 * carries out what it decides. Start reading at {@link
 * io.ergane.controllers.serving.ServingController}; what it decides by is in {@link
 * io.ergane.controllers.serving.plan}.
 */
@NullMarked
package io.ergane.controllers.serving;

import org.jspecify.annotations.NullMarked;
