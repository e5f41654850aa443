package io.ergane.controllers.admission.certificates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A certificate chain and a key in two PEM files, read anew each time: mounted Secrets change.
 *
 * @param certificate PEM
 * @param key PEM
 */
public record CertificateFiles(Path certificate, Path key) {
  boolean exist() {
    return Files.isRegularFile(certificate) && Files.isRegularFile(key);
  }

  Identity read() throws IOException, UnusableCertificate {
    try {
      return Pem.identity(text(certificate), text(key));
    } catch (UnusableCertificate e) {
      throw new UnusableCertificate(
          "%s and %s cannot be served: %s".formatted(certificate, key, e.getMessage()), e);
    }
  }

  private static String text(Path file) throws IOException, UnusableCertificate {
    if (Files.size(file) > Pem.MOST_CHARACTERS) {
      throw new UnusableCertificate(file + " is too large for a PEM file", null);
    }
    return Files.readString(file);
  }
}
