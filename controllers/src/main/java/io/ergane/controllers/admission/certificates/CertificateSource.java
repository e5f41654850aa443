package io.ergane.controllers.admission.certificates;

import io.ergane.api.ObjectName;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the webhooks' certificate comes from, and who is told of its authority.
 *
 * @param files read where they exist; null for none
 * @param filesFirst whether files come before the Secret; else they are its mount, or stand in
 *     where there is no Secret
 * @param secret holds the certificate, and is made when it does not exist
 * @param service that the API server calls
 * @param names further host names and addresses by which the API server calls
 * @param validating names of webhook configurations
 * @param mutating names of webhook configurations
 */
public record CertificateSource(
    @Nullable CertificateFiles files,
    boolean filesFirst,
    ObjectName secret,
    ObjectName service,
    List<String> names,
    List<String> validating,
    List<String> mutating,
    Terms terms) {
  public CertificateSource {
    names = List.copyOf(names);
    validating = List.copyOf(validating);
    mutating = List.copyOf(mutating);
  }

  /** All that the certificate is for. */
  List<String> allNames() {
    String host = service.name() + "." + service.namespace() + ".svc";
    return Stream.concat(Stream.of(host, host + ".cluster.local"), names.stream()).toList();
  }
}
