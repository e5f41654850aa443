package io.ergane.controllers.kubernetes;

import io.fabric8.kubernetes.client.http.TlsVersion;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The client library's transport over the JDK's HTTP client, without the thread pool that it gives
 * that client. What the client does between two waits is short and waits for nothing, so it is done
 * by whoever has come to it: the thread that asks, or the one that reads the sockets. That thread
 * never comes to our own code, nor to credentials: these run where answers are waited for, or in
 * the common pool.
 *
 * <p>Of the cipher suites that the JVM offers those of ChaCha20 come first. The JVM's second
 * compiler makes AES as quick; until then, and without that compiler, AES takes four times as long.
 */
final class Transport extends JdkHttpClientFactory {
  private final String @Nullable [] versions;

  /**
   * @param versions of TLS that may be spoken; null for those of the JVM
   */
  Transport(TlsVersion @Nullable [] versions) {
    this.versions =
        versions == null
            ? null
            : Arrays.stream(versions).map(TlsVersion::javaName).toArray(String[]::new);
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return HttpClient.newBuilder().executor(Runnable::run);
  }

  @Override
  protected void additionalConfig(HttpClient.Builder builder) {
    SSLParameters parameters = new SSLParameters(ordered(offered()));
    if (versions != null) {
      parameters.setProtocols(versions);
    }
    builder.sslParameters(parameters);
  }

  private static String[] offered() {
    try {
      return SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  static String[] ordered(String... suites) {
    return Arrays.stream(suites)
        .sorted(Comparator.comparing(suite -> !suite.contains("CHACHA20")))
        .toArray(String[]::new);
  }
}
