package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What manifests ask for and is not built never looks open, and the rest is served. */
final class NotServedYetTest {
  private static final String MODEL = "vendor/model";

  @Test
  void rateLimitsPrefillDecodeGroupsAndProvidersAreAcceptedDiagnosedCountedAndAnswered501(
      @TempDir Path folder) throws Exception {
    String limited =
        Manifests.route("limited", "s")
            + """
              rateLimit:
                inputTokensPerUnit: 30
                outputTokensPerUnit: 100
                unit: minute
            """;
    String disaggregated =
        Manifests.server("pd", MODEL)
            .replace(
                "  workloadPort:",
                """
                    pdGroup:
                      groupKey: "modelserving.volcano.sh/group-name"
                      prefillLabels:
                        modelserving.volcano.sh/role: prefill
                      decodeLabels:
                        modelserving.volcano.sh/role: decode
                  kvConnector:
                    type: nixl
                  workloadPort:\
                """
                    .indent(0)
                    .stripTrailing());
    String provider =
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ExternalModelProvider
        metadata:
          name: elsewhere
        spec:
          providerType: OpenAI
          baseURL: "https://api.example.com"
          auth:
            secretRef:
              name: key
              key: api-key
        """;
    String outside =
        Manifests.route("outside", "x")
            .replace("modelServerName: x", "externalModelProviderName: elsewhere");
    try (Gateway gateway =
        Gateway.in(folder)
            .engine("s-1", "s", MODEL)
            .engine("pd-1", "pd", MODEL)
            .manifest("server.yaml", Manifests.server("s", MODEL), disaggregated, provider)
            .manifest(
                "routes.yaml",
                Manifests.route("plain", "s"),
                limited,
                Manifests.route("split", "pd"),
                outside)
            .start()) {
      refused(gateway, "limited", "rateLimit");
      refused(gateway, "split", "pdGroup");
      refused(gateway, "outside", "externalModelProviderName");
      Burst.engineOf(gateway.chat("plain", "hi"));

      assertThat(gateway.diagnostics()).noneMatch(line -> line.contains("error: "));
      assertThat(String.join("\n", gateway.diagnostics()))
          .contains("routes.yaml:", "server.yaml:", "rateLimit", "pdGroup", "providers");
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            Samples samples = gateway.metrics();
            assertThat(samples.sum("ergane_diagnostics", "code=unsupported")).isEqualTo(3);
            assertThat(samples.sum("kthena_router_requests_total", "status_code=501")).isEqualTo(3);
          });
      assertThat(gateway.engine("s-1").state().received()).isEqualTo(1);
      assertThat(gateway.engine("pd-1").state().received()).isZero();
    }
  }

  private static void refused(Gateway gateway, String model, String why) throws Exception {
    HttpResponse<String> answer = gateway.chat(model, "hi");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(501);
    assertThat(answer.body()).contains(why).contains("not_implemented");
  }
}
