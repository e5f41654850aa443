package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.ergane.core.routing.HostPort;
import io.ergane.xds.translate.EnvoySettings.ClientTls;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvoyBootstrapTest {
  private static JsonNode read(EnvoyBootstrap bootstrap) throws JsonProcessingException {
    return new YAMLMapper().readTree(bootstrap.yaml());
  }

  private static EnvoyBootstrap with(ClientTls tls) {
    EnvoyBootstrap plain = EnvoyBootstrap.of("e", new HostPort("10.0.0.5", 18000));
    return new EnvoyBootstrap(
        plain.node(),
        plain.cluster(),
        plain.controlPlane(),
        tls,
        plain.admin(),
        plain.maxConnections());
  }

  @Test
  void aNodeSaysWhoItIsAndAsksForDifferences() throws JsonProcessingException {
    JsonNode tree = read(EnvoyBootstrap.of("envoy-1", new HostPort("10.0.0.5", 18000)));

    assertThat(tree.at("/node/id").asText()).isEqualTo("envoy-1");
    assertThat(tree.at("/dynamic_resources/ads_config/api_type").asText()).isEqualTo("DELTA_GRPC");
    assertThat(tree.at("/admin/address/socket_address/address").asText()).isEqualTo("127.0.0.1");
    assertThat(tree.at("/static_resources/clusters/0/type").asText()).isEqualTo("STATIC");
  }

  @Test
  void aNameIsResolved() throws JsonProcessingException {
    JsonNode tree = read(EnvoyBootstrap.of("e", new HostPort("control-plane.ergane.svc", 18000)));

    assertThat(tree.at("/static_resources/clusters/0/type").asText()).isEqualTo("STRICT_DNS");
  }

  @Test
  void valuesStayValuesWhateverTheyHold() throws JsonProcessingException {
    String odd = "a\"b: {c}\n# \\d @ADMIN@";

    assertThat(read(EnvoyBootstrap.of(odd, new HostPort("::1", 1))).at("/node/id").asText())
        .isEqualTo(odd);
  }

  @Test
  void anAddressIsLookedForInTheCertificateAndNotAskedFor() throws JsonProcessingException {
    JsonNode tree = read(with(new ClientTls("/etc/ca.crt", List.of("10.0.0.5"), null)));

    JsonNode tls = tree.at("/static_resources/clusters/0/transport_socket/typed_config");
    assertThat(tls.has("sni")).isFalse();
    assertThat(
            tls.at("/common_tls_context/validation_context/match_typed_subject_alt_names/0")
                .toString())
        .isEqualTo("{\"san_type\":\"IP_ADDRESS\",\"matcher\":{\"exact\":\"10.0.0.5\"}}");
    assertThat(tls.at("/common_tls_context").has("tls_certificates")).isFalse();
  }

  @Test
  void mutualTlsNamesFiles() throws JsonProcessingException {
    JsonNode tree = read(with(Case.MUTUAL_TLS));

    JsonNode tls = tree.at("/static_resources/clusters/0/transport_socket/typed_config");
    assertThat(tls.at("/sni").asText()).isEqualTo("scheduler.ergane.svc");
    assertThat(
            tls.at("/common_tls_context/validation_context/match_typed_subject_alt_names/0")
                .toString())
        .isEqualTo("{\"san_type\":\"DNS\",\"matcher\":{\"exact\":\"scheduler.ergane.svc\"}}");
    assertThat(tls.at("/common_tls_context/tls_certificates/0/private_key/filename").asText())
        .isEqualTo(Case.IDENTITY.key());
    assertThat(tree.has("overload_manager")).isTrue();
  }
}
