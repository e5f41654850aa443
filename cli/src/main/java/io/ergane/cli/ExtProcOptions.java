package io.ergane.cli;

import io.ergane.extproc.ExtProcSettings;
import io.ergane.proto.tls.TlsFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Envoys reach the scheduler. */
final class ExtProcOptions {
  private static final int NO_PORT = -1;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--port",
      defaultValue = "9002",
      paramLabel = "PORT",
      description = "External processor, access log and health (default ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--health-port",
      defaultValue = "9003",
      paramLabel = "PORT",
      description = "gRPC health alone, without TLS; -1 for none (default ${DEFAULT-VALUE}).")
  int healthPort;

  @Option(
      names = "--host",
      defaultValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description = "Address of both (default ${DEFAULT-VALUE}).")
  String host = "0.0.0.0";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM certificate chain to show to Envoys; with --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM private key, PKCS#8.")
  @Nullable Path tlsKey;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description = "PEM certificates that an Envoy's must lead to (default: Envoys show none).")
  @Nullable Path clientAuthority;

  void check() {
    Accepted.port("--port", port);
    Accepted.range("--health-port", healthPort, NO_PORT, MAX_PORT);
    PemFiles.pkcs8Identity("--tls-cert", tlsCert, "--tls-key", tlsKey);
    Accepted.needs("--client-ca", clientAuthority, "--tls-cert", tlsCert);
    PemFiles.authorities("--client-ca", clientAuthority);
  }

  ExtProcSettings.Listener listener() {
    TlsFiles tls =
        tlsCert == null || tlsKey == null ? null : new TlsFiles(tlsCert, tlsKey, clientAuthority);
    return new ExtProcSettings.Listener(host, port, healthPort, tls);
  }
}
