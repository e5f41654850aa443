package io.ergane.controllers.admission.certificates;

import org.jspecify.annotations.Nullable;

/** A certificate or key that cannot be served, with the reason. */
public final class UnusableCertificate extends Exception {
  UnusableCertificate(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
