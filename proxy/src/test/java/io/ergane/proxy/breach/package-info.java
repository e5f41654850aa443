/** A breach of the rules of HTTP/1, planted to show that it is found. */
@NullMarked
package io.ergane.proxy.breach;

import org.jspecify.annotations.NullMarked;
