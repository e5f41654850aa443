/** Laws and examples of compilation. */
@NullMarked
package io.ergane.core.compile;

import org.jspecify.annotations.NullMarked;
