/** The control plane's side of xDS. */
@NullMarked
package io.ergane.xds;

import org.jspecify.annotations.NullMarked;
