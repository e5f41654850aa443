/**
 * What one ADS stream has, must get and in which order, as pure sequential state.
 *
 * <p>{@link io.ergane.xds.server.session.Session} is the whole of a stream, {@link
 * io.ergane.xds.server.session.Subscription} one type of it. Requests, published catalogs and times
 * go in; pushes and events come out. Nothing here sends, waits, locks or reads a clock; one thread
 * at a time may use a session. Start reading at {@code Session.next}.
 */
@NullMarked
package io.ergane.xds.server.session;

import org.jspecify.annotations.NullMarked;
