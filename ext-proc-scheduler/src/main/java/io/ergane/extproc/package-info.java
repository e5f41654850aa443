/** Envoy's external processing and access-log streams, answered by the decision core. */
@NullMarked
package io.ergane.extproc;

import org.jspecify.annotations.NullMarked;
