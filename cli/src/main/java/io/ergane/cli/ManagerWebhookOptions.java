package io.ergane.cli;

import io.ergane.controllers.admission.Webhook;
import io.ergane.controllers.admission.certificates.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The webhooks of Kthena's controller manager, under its flags. */
final class ManagerWebhookOptions {
  static final String VALIDATING = "kthena-controller-manager-validating-webhook";
  static final String MUTATING = "kthena-controller-manager-mutating-webhook";

  @Option(
      names = "--enable-webhook",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Check workload objects before the API server stores them (default: true).")
  boolean enabled = true;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The API server calls here, by HTTPS; /healthz too (default ${DEFAULT-VALUE}).")
  int port = 8443;

  @Option(
      names = "--webhook-timeout",
      paramLabel = "SECONDS",
      description = "Longest time for a review to arrive, and to leave (default ${DEFAULT-VALUE}).")
  int timeout = 30;

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description =
          "Its PEM certificate chain, where there is no Secret (default ${DEFAULT-VALUE}).")
  Path certificate = Path.of("/etc/tls/tls.crt");

  @Option(
      names = "--tls-private-key-file",
      paramLabel = "FILE",
      description = "Its PEM key (default ${DEFAULT-VALUE}).")
  Path key = Path.of("/etc/tls/tls.key");

  @Option(
      names = "--cert-secret-name",
      paramLabel = "NAME",
      description = "Secret with the certificate; made when missing (default ${DEFAULT-VALUE}).")
  String secret = "kthena-controller-manager-webhook-certs";

  @Option(
      names = "--service-name",
      paramLabel = "NAME",
      description = "Service that the API server calls (default ${DEFAULT-VALUE}).")
  String service = "kthena-controller-manager-webhook";

  @Option(names = "--webhook-name", split = ",", hidden = true)
  List<String> names = List.of();

  void check() {
    Accepted.port("--port", port);
    Accepted.range("--webhook-timeout", timeout, 1, 3600);
  }

  @Nullable WebhookPlan plan() {
    return !enabled
        ? null
        : new WebhookPlan(
            Webhook.WORKLOAD,
            port,
            Duration.ofSeconds(timeout),
            new CertificateFiles(certificate, key),
            false,
            secret,
            service,
            names,
            List.of(VALIDATING),
            List.of(MUTATING));
  }
}
