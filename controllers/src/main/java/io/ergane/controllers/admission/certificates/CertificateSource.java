package io.ergane.controllers.admission.certificates;

import io.ergane.api.ObjectName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the webhooks' certificate comes from, and who is told of its authority.
 *
 * @param files read where they exist; null for none
 * @param filesFirst whether files come before the Secret; else they are its mount, or stand in
 *     where there is no Secret
 * @param secret holds the certificate, and is made when it does not exist
 * @param service that the API server calls
 * @param validating names of webhook configurations
 * @param mutating names of webhook configurations
 */
public record CertificateSource(
    @Nullable CertificateFiles files,
    boolean filesFirst,
    ObjectName secret,
    ObjectName service,
    List<String> validating,
    List<String> mutating,
    Terms terms) {
  public CertificateSource {
    validating = List.copyOf(validating);
    mutating = List.copyOf(mutating);
  }

  /** What the API server calls the service by, within the cluster. */
  List<String> dnsNames() {
    String host = service.name() + "." + service.namespace() + ".svc";
    return List.of(host, host + ".cluster.local");
  }
}
