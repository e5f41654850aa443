package io.ergane.xds.translate;

import io.ergane.core.routing.HostPort;
import io.ergane.xds.translate.EnvoySettings.ClientTls;
import io.ergane.xds.translate.EnvoySettings.Identity;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an Envoy is started with: who it is and where its control plane is. All else it is told over
 * the aggregated stream, by difference.
 *
 * @param node unique among the Envoys of a control plane
 * @param cluster name of the group that the node belongs to
 * @param tls null for plaintext
 * @param admin where people and metrics look; best a loopback address
 * @param maxConnections of clients at a time; more are refused
 */
public record EnvoyBootstrap(
    String node,
    String cluster,
    HostPort controlPlane,
    @Nullable ClientTls tls,
    HostPort admin,
    int maxConnections) {

  public static final HostPort DEFAULT_ADMIN = new HostPort("127.0.0.1", 9901);
  public static final int DEFAULT_MAX_CONNECTIONS = 16_384;

  /** A bootstrap with Ergane's usual names and ports. */
  public static EnvoyBootstrap of(String node, HostPort controlPlane) {
    return new EnvoyBootstrap(
        node, EnvoyNames.ERGANE, controlPlane, null, DEFAULT_ADMIN, DEFAULT_MAX_CONNECTIONS);
  }

  /** The file's text, YAML. */
  public String yaml() {
    Map<String, String> values =
        Map.of(
            "@NODE@", quoted(node),
            "@GROUP@", quoted(cluster),
            "@ADMIN@", address(admin),
            "@CONTROL_PLANE@", address(controlPlane),
            "@TYPE@", IpAddress.is(controlPlane.host()) ? "STATIC" : "STRICT_DNS",
            "@NAME@", EnvoyNames.CONTROL_PLANE,
            "@MAX_CONNECTIONS@", Integer.toString(maxConnections),
            "@TLS@", tls == null ? "" : tlsText(tls));
    return PLACE
        .matcher(TEXT)
        .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(place.group(), "")));
  }

  private static String address(HostPort address) {
    return "{socket_address: {address: %s, port_value: %d}}"
        .formatted(quoted(address.host()), address.port());
  }

  private static String tlsText(ClientTls tls) {
    StringBuilder text =
        new StringBuilder(
            """
            transport_socket:
              name: envoy.transport_sockets.tls
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
            """);
    String first = tls.names().getFirst();
    if (!IpAddress.is(first)) {
      text.append("    sni: %s\n".formatted(quoted(first)));
    }
    text.append(
        """
            common_tls_context:
              alpn_protocols: [h2]
              tls_params: {tls_maximum_protocol_version: TLSv1_3}
              validation_context:
                trusted_ca: {filename: %s}
                match_typed_subject_alt_names: [%s]
        """
            .formatted(
                quoted(tls.authority()),
                tls.names().stream()
                    .map(EnvoyBootstrap::matcher)
                    .collect(Collectors.joining(", "))));
    Identity identity = tls.identity();
    if (identity != null) {
      text.append(
          "      tls_certificates: [{certificate_chain: {filename: %s}, private_key: {filename: %s}}]\n"
              .formatted(quoted(identity.certificate()), quoted(identity.key())));
    }
    return text.toString().indent(4);
  }

  private static String matcher(String name) {
    return "{san_type: %s, matcher: {exact: %s}}"
        .formatted(IpAddress.is(name) ? "IP_ADDRESS" : "DNS", quoted(name));
  }

  /** A YAML scalar in double quotes, which are JSON's. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static final Pattern PLACE = Pattern.compile("@[A-Z_]+@");

  private static final String TEXT =
      """
      # What an Envoy of Ergane's is started with; everything else comes from the control plane.
      node: {id: @NODE@, cluster: @GROUP@}
      admin:
        address: @ADMIN@
      dynamic_resources:
        ads_config:
          api_type: DELTA_GRPC
          transport_api_version: V3
          set_node_on_first_message_only: true
          grpc_services:
          - envoy_grpc:
              cluster_name: @NAME@
              # A control plane that comes back is found again within seconds.
              retry_policy: {retry_back_off: {base_interval: 0.25s, max_interval: 5s}}
        cds_config: {ads: {}, resource_api_version: V3}
        lds_config: {ads: {}, resource_api_version: V3}
      static_resources:
        clusters:
        - name: @NAME@
          type: @TYPE@
          connect_timeout: 1s
          load_assignment:
            cluster_name: @NAME@
            endpoints: [{lb_endpoints: [{endpoint: {address: @CONTROL_PLANE@}}]}]
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config:
                http2_protocol_options: {connection_keepalive: {interval: 30s, timeout: 10s}}
          upstream_connection_options: {tcp_keepalive: {keepalive_time: 60}}
      @TLS@overload_manager:
        resource_monitors:
        - name: envoy.resource_monitors.global_downstream_max_connections
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
            max_active_downstream_connections: @MAX_CONNECTIONS@
      """;
}
