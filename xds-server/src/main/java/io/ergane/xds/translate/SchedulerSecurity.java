package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.ergane.proto.resource.Resource;
import io.ergane.xds.translate.EnvoySettings.ClientTls;
import io.ergane.xds.translate.EnvoySettings.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * TLS to schedulers. The files' names travel as secrets of their own, since Envoy reads the files
 * of a secret again when they are replaced, and those of a cluster never.
 */
final class SchedulerSecurity {
  private SchedulerSecurity() {}

  static TransportSocket socket(ClientTls tls) {
    CommonTlsContext.Builder common =
        CommonTlsContext.newBuilder()
            .setTlsParams(EngineSockets.UP_TO_TLS_1_3)
            .addAlpnProtocols("h2")
            .setValidationContextSdsSecretConfig(named(EnvoyNames.SCHEDULER_AUTHORITY));
    if (tls.identity() != null) {
      common.addTlsCertificateSdsSecretConfigs(named(EnvoyNames.SCHEDULER_IDENTITY));
    }
    UpstreamTlsContext.Builder context =
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common);
    if (tls.names().size() > 1) {
      context.setAutoHostSni(true);
    } else if (!IpAddress.is(tls.names().getFirst())) {
      context.setSni(tls.names().getFirst());
    }
    return EngineSockets.socket(context.build());
  }

  /** What the socket refers to; nothing for plaintext. */
  static List<Resource> secrets(@Nullable ClientTls tls) {
    List<Resource> secrets = new ArrayList<>();
    if (tls != null) {
      secrets.add(authority(tls));
      if (tls.identity() != null) {
        secrets.add(identity(tls.identity()));
      }
    }
    return secrets;
  }

  private static Resource authority(ClientTls tls) {
    CertificateValidationContext.Builder trust =
        CertificateValidationContext.newBuilder().setTrustedCa(EngineSockets.file(tls.authority()));
    for (String name : tls.names()) {
      trust.addMatchTypedSubjectAltNames(
          SubjectAltNameMatcher.newBuilder()
              .setSanType(IpAddress.is(name) ? SanType.IP_ADDRESS : SanType.DNS)
              .setMatcher(Protos.exactly(name)));
    }
    String folder = folder(tls.authority());
    if (folder != null) {
      trust.setWatchedDirectory(WatchedDirectory.newBuilder().setPath(folder));
    }
    return secret(
        Secret.newBuilder()
            .setName(EnvoyNames.SCHEDULER_AUTHORITY)
            .setValidationContext(trust)
            .build());
  }

  /** A chain and a key of one folder are read together when something is moved into it. */
  private static Resource identity(Identity identity) {
    var files = EngineSockets.certificate(identity).toBuilder();
    String folder = folder(identity.certificate());
    if (folder != null && Objects.equals(folder, folder(identity.key()))) {
      files.setWatchedDirectory(WatchedDirectory.newBuilder().setPath(folder));
    }
    return secret(
        Secret.newBuilder()
            .setName(EnvoyNames.SCHEDULER_IDENTITY)
            .setTlsCertificate(files)
            .build());
  }

  private static Resource secret(Secret secret) {
    return Resource.of(secret.getName(), secret);
  }

  private static SdsSecretConfig named(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(Protos.ADS).build();
  }

  /** The folder of a file on Envoy's machine; null when the name has none. */
  private static @Nullable String folder(String file) {
    int slash = file.lastIndexOf('/');
    return slash < 0 ? null : slash == 0 ? "/" : file.substring(0, slash);
  }
}
