package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;

/** How connections to engines are secured. */
final class EngineSockets {
  private static final String TLS_SOCKET = "envoy.transport_sockets.tls";

  /** Where distributions keep the certificates that the machine trusts. */
  static final String MACHINE_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

  private EngineSockets() {}

  /**
   * Envoy's own bound for its calls is TLS 1.2, by which it takes no certificate with a key on the
   * curve P-384.
   */
  static final TlsParameters UP_TO_TLS_1_3 =
      TlsParameters.newBuilder().setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3).build();

  /** TLS to endpoints that are marked for it, plaintext to all others. */
  static List<TransportSocketMatch> of(EnvoySettings.Engines engines) {
    UpstreamTlsContext.Builder tls = UpstreamTlsContext.newBuilder();
    tls.getCommonTlsContextBuilder().setTlsParams(UP_TO_TLS_1_3);
    if (engines.verifyCertificates()) {
      String file = engines.authorities().isEmpty() ? MACHINE_AUTHORITIES : engines.authorities();
      tls.setAutoHostSni(true).setAutoSniSanValidation(true);
      tls.getCommonTlsContextBuilder()
          .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(file(file)));
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

  static TlsCertificate certificate(EnvoySettings.Identity identity) {
    return TlsCertificate.newBuilder()
        .setCertificateChain(file(identity.certificate()))
        .setPrivateKey(file(identity.key()))
        .build();
  }

  static TransportSocket socket(UpstreamTlsContext context) {
    return TransportSocket.newBuilder()
        .setName(TLS_SOCKET)
        .setTypedConfig(Protos.any(context))
        .build();
  }

  static DataSource file(String name) {
    return DataSource.newBuilder().setFilename(name).build();
  }
}
