/** The threads that carry a data plane's connections, and the sockets that go with them. */
@NullMarked
package io.ergane.dataplane.net;

import org.jspecify.annotations.NullMarked;
