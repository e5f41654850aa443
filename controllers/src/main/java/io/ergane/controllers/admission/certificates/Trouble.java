package io.ergane.controllers.admission.certificates;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;

/** Words for what the API server refused, or why it could not be asked. */
final class Trouble {
  private Trouble() {}

  static IOException of(String doing, KubernetesClientException cause) {
    String said =
        cause.getStatus() != null && cause.getStatus().getMessage() != null
            ? cause.getStatus().getMessage()
            : String.valueOf(cause.getCause() == null ? cause.getMessage() : cause.getCause());
    return new IOException(doing + " did not succeed: " + said, cause);
  }
}
