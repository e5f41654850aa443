/** Laws and examples of request scanning, rewriting, event streams and usage. */
@NullMarked
package io.ergane.core.llm;

import org.jspecify.annotations.NullMarked;
