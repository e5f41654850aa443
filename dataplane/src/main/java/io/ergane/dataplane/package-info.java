/**
 * What every data plane shares around the decision core: the image in force, a scheduler a pool,
 * and the holds that requests have on endpoints.
 */
@NullMarked
package io.ergane.dataplane;

import org.jspecify.annotations.NullMarked;
