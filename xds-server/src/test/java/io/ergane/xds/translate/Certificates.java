package io.ergane.xds.translate;

import io.ergane.xds.translate.EnvoySettings.ClientTls;
import io.ergane.xds.translate.EnvoySettings.Identity;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate for {@code localhost} that is its own authority, in files. */
record Certificates(Path certificate, Path key) {
  static Certificates in(Path folder) {
    try {
      X509Bundle bundle =
          new CertificateBuilder()
              .subject("CN=localhost")
              .addSanDnsName("localhost")
              .addSanIpAddress("127.0.0.1")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      Path certificate = folder.resolve("tls.crt");
      Path key = folder.resolve("tls.key");
      Files.writeString(certificate, bundle.getCertificatePathPEM());
      Files.writeString(key, bundle.getPrivateKeyPEM());
      return new Certificates(certificate, key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  Identity identity() {
    return new Identity(certificate.toString(), key.toString());
  }

  ClientTls client(String name) {
    return new ClientTls(certificate.toString(), name, identity());
  }
}
