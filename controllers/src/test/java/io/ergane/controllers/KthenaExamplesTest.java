package io.ergane.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.routing.SchedulingProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests of the shapes in which Kthena's users write them are accepted as they are. */
final class KthenaExamplesTest {
  private static final String ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata:
        name: %1$s
        namespace: default
      spec:
        modelName: "%1$s"
      """;

  private static final String RULE =
      """
        rules:
        - name: "default"
          targetModels:
          - modelServerName: "small"
      """;

  private static final String SERVER =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelServer
      metadata:
        name: %1$s
        namespace: default
      spec:
        workloadSelector:
          matchLabels:
            app: %1$s
        workloadPort:
          port: %2$d
        model: "vendor/Model-1.5B"
        inferenceEngine: "%3$s"
        trafficPolicy:
          timeout: 10s
      """;

  @TempDir Path folder;

  @Test
  void simpleTieredAndCanaryRoutesWithTheirServers() throws IOException {
    String tiers =
        """
          rules:
          - name: "premium"
            modelMatch:
              headers:
                user-type:
                  exact: premium
            targetModels:
            - modelServerName: "big"
          - name: "default"
            targetModels:
            - modelServerName: "small"
        """;
    String canary =
        """
          rules:
          - name: "canary"
            targetModels:
            - modelServerName: "small"
              weight: 70
            - modelServerName: "big"
              weight: 30
        """;

    Compilation compiled =
        compile(
            SERVER.formatted("small", 8000, "vLLM"),
            SERVER.formatted("big", 30000, "SGLang"),
            ROUTE.formatted("simple") + RULE,
            ROUTE.formatted("multi-models") + tiers,
            ROUTE.formatted("subset") + canary,
            ROUTE
                    .formatted("lora")
                    .replace("modelName: \"lora\"", "loraAdapters:\n  - \"lora-A\"\n  - \"lora-B\"")
                + RULE);

    assertThat(codes(compiled, Severity.WARNING)).containsOnly("pool-empty");
    assertThat(compiled.image().modelNames())
        .containsExactly("lora-A", "lora-B", "multi-models", "simple", "subset");
  }

  @Test
  void rateLimitsProvidersGatewaysAndPrefillDecodeGroupsAreAcceptedAndMarked() throws IOException {
    String limit =
        """
          rateLimit:
            inputTokensPerUnit: 10
            outputTokensPerUnit: 5000
            unit: minute
            global:
              redis:
                address: "redis-server.kthena-system.svc.cluster.local:6379"
        """;
    String gateway = "  parentRefs:\n  - name: kthena-gateway\n    namespace: kthena-system\n";
    String groups =
        """
            pdGroup:
              groupKey: "modelserving.volcano.sh/group-name"
              prefillLabels:
                modelserving.volcano.sh/role: prefill
              decodeLabels:
                modelserving.volcano.sh/role: decode
          kvConnector:
            type: nixl
        """;
    String provider =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: openai-api-key}
        stringData: {api-key: "secret words"}
        ---
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ExternalModelProvider
        metadata:
          name: openai
        spec:
          providerType: OpenAI
          baseURL: "https://api.openai.com"
          model: "gpt"
          auth:
            secretRef:
              name: openai-api-key
              key: api-key
        """;

    Compilation compiled =
        compile(
            SERVER
                .formatted("small", 8000, "vLLM")
                .replace("  workloadPort:", groups + "  workloadPort:"),
            ROUTE.formatted("limited") + RULE + limit,
            ROUTE.formatted("bound") + gateway + RULE,
            provider,
            ROUTE.formatted("outside")
                + RULE.replace("modelServerName: \"small\"", "externalModelProviderName: openai"));

    assertThat(codes(compiled, Severity.WARNING))
        .containsExactlyInAnyOrder(
            "unsupported", "unsupported", "unsupported", "gateway-bound", "pool-empty");
    assertThat(codes(compiled, Severity.INFO)).containsExactly("kind-ignored");
    assertThat(compiled.diagnostics().toString()).doesNotContain("secret words");
  }

  private Compilation compile(String... documents) throws IOException {
    Path path = Files.writeString(folder.resolve("all.yaml"), String.join("---\n", documents));
    var contents = new ManifestFiles(List.of(path), FileLimits.DEFAULT).read();
    Compilation compiled =
        ImageCompiler.compile(
            new Observed(contents.sightings(), SchedulingProfile.DEFAULT, contents.diagnostics()),
            Compilation.EMPTY);
    assertThat(compiled.diagnostics()).noneMatch(each -> each.severity() == Severity.ERROR);
    return compiled;
  }

  private static List<String> codes(Compilation compiled, Severity severity) {
    return compiled.diagnostics().stream()
        .filter(each -> each.severity() == severity)
        .map(Diagnostic::code)
        .toList();
  }
}
