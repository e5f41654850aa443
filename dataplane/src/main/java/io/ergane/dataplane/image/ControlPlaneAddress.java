package io.ergane.dataplane.image;

import io.ergane.core.routing.HostPort;
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
    return HostPort.text(host, port);
  }
}
