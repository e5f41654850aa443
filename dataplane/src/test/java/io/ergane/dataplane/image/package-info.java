/** Tests of the image stream against a scripted control plane. */
@NullMarked
package io.ergane.dataplane.image;

import org.jspecify.annotations.NullMarked;
