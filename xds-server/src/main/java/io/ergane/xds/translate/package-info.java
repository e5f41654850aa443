/**
 * What users declared, as Envoy's configuration: pure functions from the routing image and endpoint
 * tables to xDS resources. Equal inputs give equal bytes.
 */
@NullMarked
package io.ergane.xds.translate;

import org.jspecify.annotations.NullMarked;
