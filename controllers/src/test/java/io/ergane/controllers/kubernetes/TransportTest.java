package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.TlsVersion;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;

final class TransportTest {
  @Test
  void suitesOfChaChaComeFirstAndTheOthersStayInOrder() {
    assertThat(
            Transport.ordered(
                "TLS_AES_256_GCM_SHA384",
                "TLS_AES_128_GCM_SHA256",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_RSA_WITH_AES_128_CBC_SHA"))
        .containsExactly(
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_128_CBC_SHA");
  }

  @Test
  void allThatTheJvmOffersIsOfferedWithTheVersionsThatAreAskedFor() {
    HttpClient.Builder builder = HttpClient.newBuilder();
    HttpClient plain = builder.build();
    new Transport(new TlsVersion[] {TlsVersion.TLS_1_3}).additionalConfig(builder);
    HttpClient client = builder.build();
    assertThat(client.sslParameters().getProtocols()).containsExactly("TLSv1.3");
    assertThat(client.sslParameters().getCipherSuites())
        .containsExactlyInAnyOrder(plain.sslParameters().getCipherSuites());
  }
}
