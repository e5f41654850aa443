/** Tests of decoding, admission and encoding. */
@NullMarked
package io.ergane.api;

import org.jspecify.annotations.NullMarked;
