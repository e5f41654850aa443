/** Messages on the wire: Envoy's, ours, and what carries them. */
@NullMarked
package io.ergane.proto;

import org.jspecify.annotations.NullMarked;
