/**
 * Routing images from a control plane in another process: the client side of delta xDS over gRPC.
 */
@NullMarked
package io.ergane.dataplane.image;

import org.jspecify.annotations.NullMarked;
