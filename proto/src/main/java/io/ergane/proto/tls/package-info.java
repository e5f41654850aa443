/** TLS of the gRPC servers. */
@NullMarked
package io.ergane.proto.tls;

import org.jspecify.annotations.NullMarked;
