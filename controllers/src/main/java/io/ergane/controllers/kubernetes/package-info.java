/**
 * The Kubernetes API as the control plane sees it: caches that follow the API server, a source of
 * routing objects, a work queue, leadership, events and conditions. Start reading at {@link
 * io.ergane.controllers.kubernetes.Cluster}.
 *
 * <p>The client library gives the configuration, the credentials and the transport; its types stay
 * in this package. A cache has one writer, the virtual thread of its {@code Reflector}; readers
 * take what is there and never wait.
 */
@NullMarked
package io.ergane.controllers.kubernetes;

import org.jspecify.annotations.NullMarked;
