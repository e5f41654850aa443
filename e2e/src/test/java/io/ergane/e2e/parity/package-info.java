/** One recorded workload through the decision core alone, the proxy and a real Envoy. */
@NullMarked
package io.ergane.e2e.parity;

import org.jspecify.annotations.NullMarked;
