/**
 * The routing image as xDS resources, one a user object, and its reassembly at the reader.
 *
 * <p>{@link io.ergane.proto.image.ImageCodec} makes the resources of a compilation; {@link
 * io.ergane.proto.image.ImageAssembly} takes them in any order and yields a compilation whose image
 * has the same content hash.
 */
@NullMarked
package io.ergane.proto.image;

import org.jspecify.annotations.NullMarked;
