package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kubectl apply -k deploy/} installs, with a local process as its control plane. */
@NeedsPart(Part.API_SERVER)
class InstalledControlPlaneTest {
  private static final String BAD_ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: bad}
      spec: {loraAdapters: [a, ''], rules: [{targetModels: [{modelServerName: s, weight: 0}]}]}
      """;

  @TempDir Path folder;

  @Test
  void theControlPlaneAdmitsObjectsWithItsOwnRights() throws Exception {
    try (ApiServer server = ApiServer.start()) {
      server.kubectl("apply", "--server-side", "-k", "../deploy");
      int port = Ports.free();
      callByUrl(server, "validating", port);
      callByUrl(server, "mutating", port);
      String token = server.serviceAccountToken("ergane-system", "ergane-control-plane");
      try (CommandLine controlPlane =
          CommandLine.start(
              folder,
              Map.of("POD_NAMESPACE", "ergane-system"),
              "control-plane",
              "--kubeconfig=" + server.kubeconfig(token),
              "--enable-webhook",
              "--webhook-port=" + port,
              "--webhook-name=127.0.0.1",
              "--xds-port=0",
              "--debug-port=0",
              "--metrics-port=0")) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() ->
                assertThat(refusal(server))
                    .contains(
                        "denied the request: validation failed:",
                        "\n  - spec.loraAdapters[1]: lora adapter name cannot be an empty string",
                        "\n  - spec.rules[0].targetModels: total weight must be greater than"));
        assertThat(server.kubectl("get", "secret", "-n", "ergane-system", "-o", "name"))
            .contains("secret/ergane-webhook-certs");
        controlPlane.terminate();
        assertThat(controlPlane.exitCode()).isEqualTo(143);
      }
    }
  }

  private static String refusal(ApiServer server) {
    return server
        .kubectlAs(server.adminToken(), BAD_ROUTE, "create", "-n", "default", "-f", "-")
        .error();
  }

  /** There is no Service network here. */
  private static void callByUrl(ApiServer server, String kind, int port) throws IOException {
    String resource = kind + "webhookconfiguration";
    JsonNode configuration =
        new ObjectMapper()
            .readTree(server.kubectl("get", resource, "ergane-control-plane", "-o", "json"));
    for (JsonNode hook : configuration.path("webhooks")) {
      ObjectNode client = (ObjectNode) hook.path("clientConfig");
      String path = client.at("/service/path").textValue();
      client.removeAll();
      client.put("url", "https://127.0.0.1:" + port + path);
    }
    server.kubectlWith(configuration.toString(), "replace", "-f", "-");
  }
}
