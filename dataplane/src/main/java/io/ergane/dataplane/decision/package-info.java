/**
 * A request's decision, the same behind every transport: what is refused, what is answered by the
 * data plane itself, and the way from a body's bytes to a chosen endpoint.
 */
@NullMarked
package io.ergane.dataplane.decision;

import org.jspecify.annotations.NullMarked;
