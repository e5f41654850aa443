package io.ergane.proto.tls;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gRPC server shows and asks for over TLS. Files that are replaced are read again, for the
 * connections that begin then, by a thread of its own until this is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final TlsFiles files;
  private final AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager clients = signers();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ergane-tls").daemon().factory());
  private String seen = "";
  private String read = "";

  private ServerTls(TlsFiles files) {
    this.files = files;
  }

  /**
   * Reads the files.
   *
   * @param reload time between two looks whether they were replaced
   */
  public static ServerTls of(TlsFiles files, Duration reload) throws UnusableTlsFiles {
    ServerTls tls = new ServerTls(files);
    try {
      tls.read = tls.stamp();
      tls.read();
    } catch (RuntimeException | IOException | GeneralSecurityException e) {
      tls.close();
      throw new UnusableTlsFiles(files, e);
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
  public ServerCredentials credentials() {
    TlsServerCredentials.Builder builder = TlsServerCredentials.newBuilder().keyManager(own);
    if (files.clientAuthority() != null) {
      builder.trustManager(clients).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  private void read() throws IOException, GeneralSecurityException {
    own.updateIdentityCredentials(files.certificate().toFile(), files.key().toFile());
    if (files.clientAuthority() != null) {
      clients.updateTrustCredentials(files.clientAuthority().toFile());
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
            "{} and the files beside it were replaced; new connections get them.",
            files.certificate());
      }
    } catch (RuntimeException | IOException | GeneralSecurityException e) {
      LOG.warn(
          "{} Connections get what was there before.", new UnusableTlsFiles(files, e).getMessage());
    }
  }

  private String stamp() throws IOException {
    String stamp = stamp(files.certificate()) + stamp(files.key());
    return files.clientAuthority() == null ? stamp : stamp + stamp(files.clientAuthority());
  }

  private static String stamp(Path file) throws IOException {
    return Files.getLastModifiedTime(file) + " " + Files.size(file) + " ";
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
