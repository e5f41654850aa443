/** Tests on a real Kubernetes API server, whose pods are simulated engines. */
@NullMarked
package io.ergane.e2e.kube;

import org.jspecify.annotations.NullMarked;
