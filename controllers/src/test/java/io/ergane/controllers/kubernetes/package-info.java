/** Tests of the Kubernetes side, most of them on a real API server. */
@org.jspecify.annotations.NullMarked
package io.ergane.controllers.kubernetes;
