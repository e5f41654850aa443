/** Tests of the translation, with goldens and with a real Envoy. */
@NullMarked
package io.ergane.xds.translate;

import org.jspecify.annotations.NullMarked;
