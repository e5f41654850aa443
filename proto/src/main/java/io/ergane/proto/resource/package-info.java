/**
 * xDS resources as they travel: named, encoded once, versioned by their content.
 *
 * <p>Everything is immutable. {@link io.ergane.proto.resource.ResourceSet} is what a control plane
 * publishes, {@link io.ergane.proto.resource.Resource} one entry of it.
 */
@NullMarked
package io.ergane.proto.resource;

import org.jspecify.annotations.NullMarked;
