/** A breach of the rules of decisions, planted to show that it is found. */
@NullMarked
package io.ergane.dataplane.breach;

import org.jspecify.annotations.NullMarked;
