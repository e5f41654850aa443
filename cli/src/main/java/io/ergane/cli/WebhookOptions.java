package io.ergane.cli;

import io.ergane.controllers.admission.Webhook;
import io.ergane.controllers.admission.certificates.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The webhooks by which the API server has objects checked before it stores them. */
final class WebhookOptions {
  /** Name of the configurations whose authority is kept up to date. */
  static final String CONFIGURATION = "ergane-control-plane";

  @Option(
      names = "--enable-webhook",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Check objects before the API server stores them (needs a cluster).")
  boolean enabled;

  @Option(
      names = "--webhook-port",
      defaultValue = "8443",
      paramLabel = "PORT",
      description = "The API server calls here, by HTTPS (default ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--webhook-timeout",
      defaultValue = "30",
      paramLabel = "SECONDS",
      description = "Longest time for a review to arrive, and to leave (default ${DEFAULT-VALUE}).")
  int timeout;

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description =
          "PEM certificate chain of the webhooks, read again on change (default: one is made and"
              + " kept in a Secret).")
  @Nullable Path certificate;

  @Option(names = "--tls-private-key-file", paramLabel = "FILE", description = "Its PEM key.")
  @Nullable Path key;

  @Option(
      names = "--cert-secret-name",
      defaultValue = "ergane-webhook-certs",
      paramLabel = "NAME",
      description = "Secret with the certificate that is made (default ${DEFAULT-VALUE}).")
  String secret = "ergane-webhook-certs";

  @Option(
      names = "--service-name",
      defaultValue = "ergane-control-plane",
      paramLabel = "NAME",
      description = "Service that the API server calls (default ${DEFAULT-VALUE}).")
  String service = "ergane-control-plane";

  @Option(
      names = "--webhook-name",
      split = ",",
      paramLabel = "HOST",
      description = "Where the API server calls a URL: further names of the certificate.")
  List<String> names = new ArrayList<>();

  /**
   * @param cluster whether there is one
   * @throws UserError naming the option
   */
  void check(boolean cluster) {
    Accepted.port("--webhook-port", port);
    Accepted.range("--webhook-timeout", timeout, 1, 3600);
    Accepted.pair("--tls-cert-file", certificate, "--tls-private-key-file", key);
    if (enabled && !cluster) {
      throw UserError.ofCommandLine(
          "--enable-webhook needs a cluster. Name one with --kubeconfig.");
    }
  }

  /** What they ask for; null for no webhooks. */
  @Nullable WebhookPlan plan() {
    if (!enabled) {
      return null;
    }
    CertificateFiles files =
        certificate == null || key == null ? null : new CertificateFiles(certificate, key);
    return new WebhookPlan(
        EnumSet.allOf(Webhook.class),
        port,
        Duration.ofSeconds(timeout),
        files,
        true,
        secret,
        service,
        names,
        List.of(CONFIGURATION),
        List.of(CONFIGURATION));
  }
}
