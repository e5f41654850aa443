/**
 * The HTTP data path: requests come in, are understood, routed and sent to an engine, and the
 * answer streams back. Everything that concerns one request happens on the event loop of its client
 * connection, engine connections included; what loops share is in {@link
 * io.ergane.proxy.ServerState}. Start reading at {@link io.ergane.proxy.Exchange}.
 */
@NullMarked
package io.ergane.proxy;

import org.jspecify.annotations.NullMarked;
