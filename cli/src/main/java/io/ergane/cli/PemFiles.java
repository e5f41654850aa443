package io.ergane.cli;

import io.ergane.controllers.admission.certificates.Pem;
import io.ergane.controllers.admission.certificates.UnusableCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Checks the TLS files that options name, before a server or a client meets them; not those that
 * give their content once only, such as a shell's {@code <(command)}.
 */
final class PemFiles {
  private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";

  private PemFiles() {}

  /**
   * A certificate chain and its key, or neither.
   *
   * @throws UserError naming the option and the file
   */
  static void identity(
      String certificateOption, @Nullable Path certificate, String keyOption, @Nullable Path key) {
    Accepted.pair(certificateOption, certificate, keyOption, key);
    if (certificate == null || key == null || givesOnce(certificate) || givesOnce(key)) {
      return;
    }
    String chain = certificates(certificateOption, certificate);
    try {
      var _ = Pem.identity(chain, text(keyOption, key));
    } catch (UnusableCertificate e) {
      throw new UserError(
          "%s is %s, which cannot be used with %s: %s. Give that certificate's key in PEM."
              .formatted(keyOption, key, certificate, e.getMessage()));
    }
  }

  /**
   * The same where the key must be in PKCS#8, as gRPC wants it.
   *
   * @throws UserError naming the option and the file
   */
  static void pkcs8Identity(
      String certificateOption, @Nullable Path certificate, String keyOption, @Nullable Path key) {
    identity(certificateOption, certificate, keyOption, key);
    if (key != null && !givesOnce(key) && !text(keyOption, key).contains(PKCS8)) {
      throw new UserError(
          "%s is %s, whose key is not in PKCS#8. Convert it: openssl pkcs8 -topk8 -nocrypt -in %s"
              .formatted(keyOption, key, key));
    }
  }

  /**
   * Certificates that others must lead to.
   *
   * @throws UserError naming the option and the file
   */
  static void authorities(String option, @Nullable Path file) {
    Accepted.file(option, file);
    if (file != null && !givesOnce(file)) {
      certificates(option, file);
    }
  }

  /** The text of a file that holds some. */
  private static String certificates(String option, Path file) {
    String text = text(option, file);
    String problem = "it holds no CERTIFICATE block";
    try {
      if (!Pem.certificates(text).isEmpty()) {
        return text;
      }
    } catch (UnusableCertificate e) {
      problem = String.valueOf(e.getMessage());
    }
    throw new UserError(
        "%s is %s, which cannot be used: %s. Give certificates in PEM."
            .formatted(option, file, problem));
  }

  private static boolean givesOnce(Path file) {
    return !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  private static String text(String option, Path file) {
    try {
      if (Files.size(file) > Pem.MOST_CHARACTERS) {
        throw new IOException("it is too large");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UserError(
          "%s is %s, which cannot be read: %s. Name a PEM file."
              .formatted(option, file, e.getMessage()));
    }
  }
}
