package io.ergane.proto.tls;

import java.io.IOException;

/** Files that are missing or not what they should be. The message says so, with a remedy. */
public final class UnusableTlsFiles extends IOException {
  UnusableTlsFiles(TlsFiles files, Exception cause) {
    super(message(files, cause), cause);
  }

  private static String message(TlsFiles files, Exception cause) {
    boolean clients = files.clientAuthority() != null;
    return "%s, %s%s are no certificates and key in PEM: %s. Give a chain, its PKCS#8 key%s."
        .formatted(
            files.certificate(),
            files.key(),
            clients ? ", " + files.clientAuthority() : "",
            cause.getMessage(),
            clients ? " and the certificates that sign clients'" : "");
  }
}
