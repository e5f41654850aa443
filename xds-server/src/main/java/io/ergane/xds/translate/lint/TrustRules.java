package io.ergane.xds.translate.lint;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.List;

/** A cluster with TLS knows whom it talks to, and what it refers to for that exists. */
final class TrustRules {
  private TrustRules() {}

  static void check(Configuration configuration, Findings findings) {
    configuration
        .clusters()
        .forEach((name, cluster) -> check(name, cluster, configuration, findings));
  }

  private static void check(
      String name, Cluster cluster, Configuration configuration, Findings findings) {
    Key key = new Key(TypeUrl.CLUSTER, name);
    Configuration.unpack(
            cluster.getTransportSocket().getTypedConfig(), UpstreamTlsContext.getDefaultInstance())
        .ifPresent(tls -> {
          references(key, tls.getCommonTlsContext(), configuration, findings);
          trust(key, tls, configuration, findings);
        });
  }

  private static void references(
      Key key, CommonTlsContext common, Configuration configuration, Findings findings) {
    List<SdsSecretConfig> named = new ArrayList<>(common.getTlsCertificateSdsSecretConfigsList());
    if (common.hasValidationContextSdsSecretConfig()) {
      named.add(common.getValidationContextSdsSecretConfig());
    }
    for (SdsSecretConfig secret : named) {
      if (secret.hasSdsConfig() && !configuration.secrets().containsKey(secret.getName())) {
        findings.refuse(
            key,
            "missing-secret",
            "its secret '%s' does not exist, so no connection is made; publish it.",
            secret.getName());
      }
    }
  }

  private static void trust(
      Key key, UpstreamTlsContext tls, Configuration configuration, Findings findings) {
    CommonTlsContext common = tls.getCommonTlsContext();
    Secret secret =
        configuration.secrets().get(common.getValidationContextSdsSecretConfig().getName());
    CertificateValidationContext trust =
        secret == null ? common.getValidationContext() : secret.getValidationContext();
    boolean known = secret != null || !common.hasValidationContextSdsSecretConfig();
    if (known && !trust.hasTrustedCa()) {
      findings.refuse(
          key,
          "unverified-server",
          "it has TLS and takes any certificate, so that prompts can be read on the way; give trusted_ca.");
    } else if (known
        && trust.getMatchTypedSubjectAltNamesCount() == 0
        && !tls.getAutoSniSanValidation()) {
      findings.refuse(
          key,
          "unnamed-server",
          "it takes the certificate of any server that its authority vouches for; match the server's name too.");
    }
  }
}
