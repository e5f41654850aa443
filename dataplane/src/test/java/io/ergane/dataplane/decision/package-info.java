/** Tests of decisions. */
@NullMarked
package io.ergane.dataplane.decision;

import org.jspecify.annotations.NullMarked;
