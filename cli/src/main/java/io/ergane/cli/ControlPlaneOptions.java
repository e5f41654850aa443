package io.ergane.cli;

import io.ergane.core.routing.HostPort;
import io.ergane.proto.tls.TlsFiles;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where nodes reach the control plane, and what it tells Envoys beside users' routes. */
final class ControlPlaneOptions {
  @Option(
      names = "--xds-port",
      defaultValue = "18000",
      paramLabel = "PORT",
      description = "Nodes connect here (default ${DEFAULT-VALUE}).")
  int xdsPort;

  @Option(
      names = "--xds-host",
      defaultValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description = "Address of that (default ${DEFAULT-VALUE}).")
  String xdsHost = "0.0.0.0";

  @Option(
      names = "--xds-cert",
      paramLabel = "FILE",
      description = "PEM certificate chain to show to nodes; with --xds-key. Read again on change.")
  @Nullable Path certificate;

  @Option(names = "--xds-key", paramLabel = "FILE", description = "PEM private key, PKCS#8.")
  @Nullable Path key;

  @Option(
      names = "--xds-client-ca",
      paramLabel = "FILE",
      description = "PEM certificates that a node's must lead to (default: nodes show none).")
  @Nullable Path clientAuthority;

  @Option(
      names = "--ext-proc",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Schedulers that Envoys ask: `ergane ext-proc` (default 127.0.0.1:9002).")
  List<String> schedulers = new ArrayList<>();

  @Option(
      names = "--ext-proc-ca",
      paramLabel = "FILE",
      description =
          "PEM certificates that vouch for the schedulers, on the Envoys' machines; turns TLS on.")
  @Nullable String schedulerAuthority;

  @Option(
      names = "--ext-proc-cert",
      paramLabel = "FILE",
      description =
          "PEM certificate chain that Envoys show to the schedulers; with --ext-proc-key.")
  @Nullable String schedulerCertificate;

  @Option(names = "--ext-proc-key", paramLabel = "FILE", description = "PEM private key of it.")
  @Nullable String schedulerKey;

  @Option(
      names = "--ext-proc-name",
      paramLabel = "HOST",
      description =
          "Name that a scheduler's certificate must be for (default: a host of --ext-proc).")
  @Nullable String schedulerName;

  @Option(
      names = "--fail-open",
      description =
          "With one ModelServer: Envoys serve without the scheduler while it does not answer.")
  boolean failOpen;

  /**
   * @throws UserError naming the option
   */
  void check() {
    Accepted.port("--xds-port", xdsPort);
    PemFiles.pkcs8Identity("--xds-cert", certificate, "--xds-key", key);
    Accepted.needs("--xds-client-ca", clientAuthority, "--xds-cert", certificate);
    PemFiles.authorities("--xds-client-ca", clientAuthority);
    schedulers();
    checkSchedulerTls();
  }

  private void checkSchedulerTls() {
    Accepted.both("--ext-proc-cert", schedulerCertificate, "--ext-proc-key", schedulerKey);
    Accepted.needs("--ext-proc-cert", schedulerCertificate, "--ext-proc-ca", schedulerAuthority);
    Accepted.needs("--ext-proc-name", schedulerName, "--ext-proc-ca", schedulerAuthority);
    Accepted.notEmpty("--ext-proc-ca", schedulerAuthority);
    Accepted.notEmpty("--ext-proc-cert", schedulerCertificate);
    Accepted.notEmpty("--ext-proc-key", schedulerKey);
    Accepted.notEmpty("--ext-proc-name", schedulerName);
  }

  XdsSettings settings() {
    XdsSettings settings = XdsSettings.DEFAULT.at(xdsHost, xdsPort);
    return certificate == null || key == null
        ? settings
        : settings.with(new TlsFiles(certificate, key, clientAuthority));
  }

  List<HostPort> schedulers() {
    return schedulers.isEmpty()
        ? EnvoySettings.DEFAULT.scheduler().addresses()
        : schedulers.stream().map(ControlPlaneOptions::address).toList();
  }

  /** How Envoys call the schedulers; null for plaintext. */
  EnvoySettings.@Nullable ClientTls schedulerTls() {
    if (schedulerAuthority == null) {
      return null;
    }
    List<String> names =
        schedulerName != null
            ? List.of(schedulerName)
            : schedulers().stream().map(HostPort::host).distinct().sorted().toList();
    return new EnvoySettings.ClientTls(
        schedulerAuthority,
        names,
        schedulerCertificate == null || schedulerKey == null
            ? null
            : new EnvoySettings.Identity(schedulerCertificate, schedulerKey));
  }

  private static HostPort address(String text) {
    try {
      return HostPort.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw UserError.ofCommandLine(
          "--ext-proc: %s; accepted is HOST:PORT, such as scheduler:9002."
              .formatted(e.getMessage()));
    }
  }
}
