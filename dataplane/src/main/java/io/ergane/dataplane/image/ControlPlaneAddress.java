package io.ergane.dataplane.image;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a control plane's xDS server listens, and how it is trusted.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 1 to 65535
 * @param tls null for plain text
 */
public record ControlPlaneAddress(String host, int port, @Nullable Tls tls) {

  /**
   * TLS towards the control plane.
   *
   * @param authority PEM certificates that vouch for it; null for those of the Java platform
   * @param certificate PEM chain that this process shows; null for none
   * @param key PEM private key to {@code certificate}, PKCS#8
   */
  public record Tls(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {
    public Tls {
      if ((certificate == null) != (key == null)) {
        throw new IllegalArgumentException("a certificate and its key go together");
      }
    }
  }

  /**
   * Reads {@code HOST:PORT}, IPv6 addresses in brackets; plain text.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static ControlPlaneAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || (host.indexOf(':') >= 0 && !bracketed) || host.indexOf('/') >= 0) {
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
    }
    return new ControlPlaneAddress(host, port(text, text.substring(colon + 1)), null);
  }

  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, with the numbers out of range.
    }
    throw new IllegalArgumentException("'" + text + "' has no port from 1 to 65535");
  }

  /** The same address, trusted by TLS. */
  public ControlPlaneAddress withTls(Tls trust) {
    return new ControlPlaneAddress(host, port, trust);
  }

  ChannelCredentials credentials() throws IOException {
    if (tls == null) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    if (tls.authority() != null) {
      credentials.trustManager(tls.authority().toFile());
    }
    if (tls.certificate() != null && tls.key() != null) {
      credentials.keyManager(tls.certificate().toFile(), tls.key().toFile());
    }
    return credentials.build();
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
