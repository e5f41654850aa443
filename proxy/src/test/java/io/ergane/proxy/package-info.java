/** Tests of the data path over real sockets. */
@NullMarked
package io.ergane.proxy;

import org.jspecify.annotations.NullMarked;
