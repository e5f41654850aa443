package io.ergane.proxy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS towards clients and engines, of the JDK; versions 1.2 and 1.3. */
final class TlsContexts {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private TlsContexts() {}

  /** The listener's, null when it speaks plain HTTP. */
  static @Nullable SslContext server(ProxySettings.Listener listener) throws IOException {
    Path certificate = listener.tlsCertificate();
    Path key = listener.tlsKey();
    if (certificate == null || key == null) {
      return null;
    }
    try {
      return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
          .protocols(VERSIONS)
          .build();
    } catch (IllegalArgumentException | SSLException e) {
      throw new IOException(
          "%s and %s are no certificate chain and key in PEM: %s. Give a PKCS#8 key and its chain."
              .formatted(certificate, key, e.getMessage()),
          e);
    }
  }

  static SslContext client(ProxySettings.Engines engines) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().protocols(VERSIONS);
    if (!engines.verifyCertificates()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }
    return builder.build();
  }
}
