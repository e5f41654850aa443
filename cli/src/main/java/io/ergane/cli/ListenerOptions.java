package io.ergane.cli;

import io.ergane.proxy.ProxySettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how clients are served. */
final class ListenerOptions {
  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "PORT",
      description = "OpenAI API (default ${DEFAULT-VALUE}; 0: any free one).")
  int port;

  @Option(
      names = "--host",
      defaultValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description = "Address of the OpenAI API (default ${DEFAULT-VALUE}).")
  String host = "0.0.0.0";

  @Option(
      names = "--expose-metrics-on-router-port",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Also serve /metrics on the OpenAI API's port.")
  boolean exposeMetrics;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM certificate chain of the OpenAI API; with --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM private key, PKCS#8.")
  @Nullable Path tlsKey;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Connections of clients (default 16384).")
  int maxConnections = ProxySettings.Limits.DEFAULT.maxConnections();

  void check() {
    PemFiles.identity("--tls-cert", tlsCert, "--tls-key", tlsKey);
    Accepted.port("--port", port);
    Accepted.range("--max-connections", maxConnections, 1, Integer.MAX_VALUE);
  }
}
