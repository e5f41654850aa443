/** Tests of the image's resources and their reassembly. */
@NullMarked
package io.ergane.proto.image;

import org.jspecify.annotations.NullMarked;
