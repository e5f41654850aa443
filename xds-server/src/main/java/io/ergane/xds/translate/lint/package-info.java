/** Refuses Envoy configuration that Envoy takes and that breaks in practice. */
@NullMarked
package io.ergane.xds.translate.lint;

import org.jspecify.annotations.NullMarked;
