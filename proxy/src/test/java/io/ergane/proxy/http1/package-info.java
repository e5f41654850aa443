/** Tests of HTTP/1.1 parsing. */
@NullMarked
package io.ergane.proxy.http1;

import org.jspecify.annotations.NullMarked;
