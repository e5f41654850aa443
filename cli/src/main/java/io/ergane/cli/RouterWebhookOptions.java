package io.ergane.cli;

import io.ergane.controllers.admission.Webhook;
import io.ergane.controllers.admission.certificates.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The webhooks of Kthena's router, under its flags. */
final class RouterWebhookOptions {
  static final String CONFIGURATION = "kthena-router-validating-webhook";

  @Option(
      names = "--enable-webhook",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Check routing objects before the API server stores them (default: true).")
  boolean enabled = true;

  @Option(
      names = "--webhook-port",
      paramLabel = "PORT",
      description = "The API server calls here, by HTTPS (default ${DEFAULT-VALUE}).")
  int port = 8443;

  @Option(
      names = "--webhook-tls-cert-file",
      paramLabel = "FILE",
      description =
          "Its PEM certificate chain, where there is no Secret (default ${DEFAULT-VALUE}).")
  Path certificate = Path.of("/etc/tls/tls.crt");

  @Option(
      names = "--webhook-tls-private-key-file",
      paramLabel = "FILE",
      description = "Its PEM key (default ${DEFAULT-VALUE}).")
  Path key = Path.of("/etc/tls/tls.key");

  @Option(
      names = "--cert-secret-name",
      paramLabel = "NAME",
      description = "Secret with the certificate; made when missing (default ${DEFAULT-VALUE}).")
  String secret = "kthena-router-webhook-certs";

  @Option(
      names = "--webhook-service-name",
      paramLabel = "NAME",
      description = "Service that the API server calls (default ${DEFAULT-VALUE}).")
  String service = "kthena-router-webhook";

  @Option(names = "--webhook-name", split = ",", hidden = true)
  List<String> names = List.of();

  void check() {
    Accepted.port("--webhook-port", port);
  }

  @Nullable WebhookPlan plan() {
    return !enabled
        ? null
        : new WebhookPlan(
            Webhook.NETWORKING,
            port,
            Duration.ofSeconds(30),
            new CertificateFiles(certificate, key),
            false,
            secret,
            service,
            names,
            List.of(CONFIGURATION),
            List.of());
  }
}
