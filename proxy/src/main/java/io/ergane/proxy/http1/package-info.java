/**
 * HTTP/1.1 messages over byte buffers (RFC 9112): heads kept as bytes with spans, body framing that
 * tells data from framing without copying. No I/O, no threads; each object belongs to one
 * connection.
 */
@NullMarked
package io.ergane.proxy.http1;

import org.jspecify.annotations.NullMarked;
