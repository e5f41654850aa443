package io.ergane.cli;

import io.ergane.api.ObjectName;
import io.ergane.controllers.admission.Webhook;
import io.ergane.controllers.admission.WebhookSettings;
import io.ergane.controllers.admission.Webhooks;
import io.ergane.controllers.admission.certificates.CertificateFiles;
import io.ergane.controllers.admission.certificates.CertificateSource;
import io.ergane.controllers.admission.certificates.Terms;
import io.ergane.controllers.kubernetes.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which webhooks a process serves, and how.
 *
 * @param files of the certificate; null for none
 * @param filesFirst whether they come before the Secret
 * @param secret name of the Secret with the certificate, in the process's namespace
 * @param service name of the Service that the API server calls, in the process's namespace
 * @param names further ones that the certificate is for
 * @param validating names of configurations
 * @param mutating names of configurations
 */
record WebhookPlan(
    Set<Webhook> webhooks,
    int port,
    Duration timeout,
    @Nullable CertificateFiles files,
    boolean filesFirst,
    String secret,
    String service,
    List<String> names,
    List<String> validating,
    List<String> mutating) {

  /** The namespace of this process. */
  static String namespace(Map<String, String> environment) {
    String namespace = environment.getOrDefault("POD_NAMESPACE", "");
    return namespace.isBlank() ? "default" : namespace.strip();
  }

  Webhooks start(@Nullable Cluster cluster, Map<String, String> environment) {
    String namespace = namespace(environment);
    CertificateSource source =
        new CertificateSource(
            files,
            filesFirst,
            new ObjectName(namespace, secret),
            new ObjectName(namespace, service),
            names,
            validating,
            mutating,
            Terms.DEFAULT);
    WebhookSettings usual = WebhookSettings.DEFAULT;
    return Webhooks.start(
        usual.at(usual.host(), port).within(timeout, usual.idle()),
        webhooks,
        source,
        cluster == null ? null : cluster.client());
  }
}
