package io.ergane.cli;

import io.ergane.core.routing.HostPort;
import io.ergane.proxy.ProxySettings;
import io.ergane.xds.translate.EnvoySettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how Envoys serve clients. */
final class EnvoyListenerOptions {
  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "PORT",
      description = "OpenAI API of the Envoys (default ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--host",
      defaultValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description = "Address of that (default ${DEFAULT-VALUE}).")
  String host = "0.0.0.0";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "PEM certificate chain of the OpenAI API, on the Envoys' machines; with --tls-key.")
  @Nullable String tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM private key of it.")
  @Nullable String tlsKey;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      description = "Longest request body; longer ones are answered 413 (default 33554432).")
  int maxBodyBytes = ProxySettings.Limits.DEFAULT.maxBodyBytes();

  @Option(
      names = "--kthena-errors",
      description = "Envoys' own errors as Kthena's bare JSON strings.")
  boolean kthenaErrors;

  void check() {
    Accepted.range("--port", port, 1, 65_535);
    Accepted.bodyBytes("--max-body-bytes", maxBodyBytes);
    Accepted.both("--tls-cert", tlsCert, "--tls-key", tlsKey);
    Accepted.notEmpty("--tls-cert", tlsCert);
    Accepted.notEmpty("--tls-key", tlsKey);
  }

  EnvoySettings settings(List<HostPort> schedulers, EnvoySettings.@Nullable ClientTls tls) {
    EnvoySettings base = EnvoySettings.DEFAULT;
    EnvoySettings.Scheduler scheduler = base.scheduler();
    EnvoySettings.Identity identity =
        tlsCert == null || tlsKey == null ? null : new EnvoySettings.Identity(tlsCert, tlsKey);
    return base.withListener(new EnvoySettings.Listener(host, port, identity))
        .withScheduler(
            new EnvoySettings.Scheduler(
                schedulers, tls, scheduler.timeout(), scheduler.logInterval()))
        .withBody(new EnvoySettings.Body(maxBodyBytes, base.body().prefixAbove()))
        .withKthenaErrors(kthenaErrors);
  }
}
