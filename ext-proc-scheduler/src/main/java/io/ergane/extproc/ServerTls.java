package io.ergane.extproc;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server shows and asks for over TLS. Files that are replaced are read again, for the
 * connections that begin then, by a thread of its own until this is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final Path certificate;
  private final Path key;
  private final @Nullable Path authority;
  private final AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager clients = signers();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ext-proc-tls").daemon().factory());
  private String seen = "";
  private String read = "";

  private ServerTls(Path certificate, Path key, @Nullable Path authority) {
    this.certificate = certificate;
    this.key = key;
    this.authority = authority;
  }

  /**
   * Reads the files.
   *
   * @param reload time between two looks whether they were replaced
   * @return null for a listener without TLS
   * @throws IOException when a file is missing or not what it should be
   */
  static @Nullable ServerTls of(ExtProcSettings.Listener listener, Duration reload)
      throws IOException {
    Path certificate = listener.tlsCertificate();
    Path key = listener.tlsKey();
    if (certificate == null || key == null) {
      return null;
    }
    ServerTls tls = new ServerTls(certificate, key, listener.clientAuthority());
    try {
      tls.read = tls.stamp();
      tls.read();
    } catch (RuntimeException | IOException | GeneralSecurityException e) {
      tls.close();
      throw new IOException(tls.unreadable(e), e);
    }
    long millis = reload.toMillis();
    tls.thread.scheduleWithFixedDelay(tls::look, millis, millis, TimeUnit.MILLISECONDS);
    return tls;
  }

  /** Whoever has signed a client's certificate; no name is looked for in it. */
  private static AdvancedTlsX509TrustManager signers() {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException("an empty list of authorities is refused", e);
    }
  }

  /** What connections begin with. */
  SslContext context() throws IOException {
    SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(own));
    if (authority != null) {
      builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  private void read() throws IOException, GeneralSecurityException {
    own.updateIdentityCredentials(certificate.toFile(), key.toFile());
    if (authority != null) {
      clients.updateTrustCredentials(authority.toFile());
    }
  }

  /** Reads what is the same at two looks, lest one file is new and the other one is not yet. */
  private void look() {
    try {
      String now = stamp();
      boolean settled = now.equals(seen);
      seen = now;
      if (settled && !now.equals(read)) {
        read = now;
        read();
        LOG.info(
            "{} and the files beside it were replaced; new connections get them.", certificate);
      }
    } catch (RuntimeException | IOException | GeneralSecurityException e) {
      LOG.warn("{} Connections get what was there before.", unreadable(e));
    }
  }

  private String stamp() throws IOException {
    String stamp = stamp(certificate) + stamp(key);
    return authority == null ? stamp : stamp + stamp(authority);
  }

  private static String stamp(Path file) throws IOException {
    return Files.getLastModifiedTime(file) + " " + Files.size(file) + " ";
  }

  private String unreadable(Exception e) {
    return "%s, %s%s are no certificates and key in PEM: %s. Give a chain, its PKCS#8 key%s."
        .formatted(
            certificate,
            key,
            authority == null ? "" : ", " + authority,
            e.getMessage(),
            authority == null ? "" : " and the certificates that sign clients'");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
