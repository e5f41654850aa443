package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How connections to servers are secured. */
final class EngineSockets {
  private static final String TLS_SOCKET = "envoy.transport_sockets.tls";

  /** Where distributions keep the certificates that the machine trusts. */
  static final String MACHINE_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

  private EngineSockets() {}

  /** TLS to endpoints that are marked for it, plaintext to all others. */
  static List<TransportSocketMatch> of(EnvoySettings.Engines engines) {
    UpstreamTlsContext.Builder tls = UpstreamTlsContext.newBuilder();
    if (engines.verifyCertificates()) {
      String file = engines.authorities().isEmpty() ? MACHINE_AUTHORITIES : engines.authorities();
      tls.setAutoHostSni(true).setAutoSniSanValidation(true);
      tls.setCommonTlsContext(common(trusting(file), null));
    }
    return List.of(
        TransportSocketMatch.newBuilder()
            .setName("tls")
            .setMatch(EndpointTranslation.TLS)
            .setTransportSocket(socket(tls.build()))
            .build(),
        TransportSocketMatch.newBuilder()
            .setName("plaintext")
            .setMatch(com.google.protobuf.Struct.getDefaultInstance())
            .setTransportSocket(
                TransportSocket.newBuilder()
                    .setName("envoy.transport_sockets.raw_buffer")
                    .setTypedConfig(Protos.any(RawBuffer.getDefaultInstance())))
            .build());
  }

  /** TLS to a gRPC server of ours. */
  static TransportSocket to(EnvoySettings.ClientTls tls) {
    CommonTlsContext common = common(trusting(tls.authority()), tls.identity());
    return socket(
        UpstreamTlsContext.newBuilder()
            .setSni(tls.name())
            .setAutoSniSanValidation(true)
            .setCommonTlsContext(common.toBuilder().addAlpnProtocols("h2"))
            .build());
  }

  static TlsCertificate certificate(EnvoySettings.Identity identity) {
    return TlsCertificate.newBuilder()
        .setCertificateChain(file(identity.certificate()))
        .setPrivateKey(file(identity.key()))
        .build();
  }

  private static TransportSocket socket(UpstreamTlsContext context) {
    return TransportSocket.newBuilder()
        .setName(TLS_SOCKET)
        .setTypedConfig(Protos.any(context))
        .build();
  }

  private static CommonTlsContext common(
      CertificateValidationContext trust, EnvoySettings.@Nullable Identity identity) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder().setValidationContext(trust);
    if (identity != null) {
      common.addTlsCertificates(certificate(identity));
    }
    return common.build();
  }

  private static CertificateValidationContext trusting(String file) {
    return CertificateValidationContext.newBuilder().setTrustedCa(file(file)).build();
  }

  private static DataSource file(String name) {
    return DataSource.newBuilder().setFilename(name).build();
  }
}
