package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Kthena's own end-to-end tests TestWebhook and TestKthenaRouterValidatingWebhook ask of the
 * webhooks: server-side dry runs against the definitions and webhooks as they are installed.
 */
@NeedsPart(Part.API_SERVER)
@TestInstance(Lifecycle.PER_CLASS)
final class KthenaWebhookTest {
  private static final String BOOSTER =
      """
      kind: ModelBooster
      metadata: {name: booster}
      spec:
        name: chat
        backend:
          name: engines
          type: vLLM
          modelURI: hf://vendor/model
          cacheURI: hostpath:///tmp/cache
          replicas: 1
          workers: [{type: server, image: "engine:1", replicas: 1, pods: 1, config: {max-model-len: 4096}}]
      """;

  private static final String POLICY =
      """
      kind: AutoscalingPolicy
      metadata: {name: policy}
      spec:
        metrics: [{name: waiting, targetValue: 10}, {name: running, targetValue: 20}]
        behavior: {}
        homogeneousTarget: {target: {targetRef: {name: chat}}, minReplicas: 1, maxReplicas: 5}
      """;

  private static final String ROUTE =
      """
      kind: ModelRoute
      metadata: {name: route}
      spec:
        modelName: chat
        loraAdapters: [sql]
        rules: [{targetModels: [{modelServerName: chat}]}]
      """;

  @SuppressWarnings("NullAway.Init")
  private InstalledControlPlane installed;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    installed = InstalledControlPlane.start(folder, Namespace.create("webhooks"));
  }

  @AfterAll
  void stop() {
    installed.close();
    assertThat(Access.refused()).isEmpty();
  }

  private static String workload(String manifest) {
    return "apiVersion: workload.serving.volcano.sh/v1alpha1\n" + manifest;
  }

  private static String networking(String manifest) {
    return "apiVersion: networking.serving.volcano.sh/v1alpha1\n" + manifest;
  }

  private String refusal(String manifest) {
    return installed.namespace().tryOut(manifest);
  }

  @Test
  void webhookTakesAGoodModelBooster() {
    assertThat(refusal(workload(BOOSTER))).isEmpty();
  }

  @Test
  void webhookRefusesAModelBoosterOfTooManyReplicas() {
    assertThat(refusal(workload(BOOSTER.replace("    replicas: 1\n", "    replicas: 1000001\n"))))
        .contains("replicas", "1000000");
  }

  @Test
  void webhookRefusesADuplicateMetric() {
    assertThat(refusal(workload(POLICY.replace("name: running", "name: waiting"))))
        .contains("validate-autoscalingpolicy.volcano.sh", "duplicate metric name");
  }

  @Test
  void webhookRefusesANegativeTarget() {
    assertThat(refusal(workload(POLICY.replace("targetValue: 20", "targetValue: -20"))))
        .contains(
            "validate-autoscalingpolicy.volcano.sh", "metric target value must be greater than 0");
  }

  @Test
  void webhookGivesAPolicyWithoutBehaviourItsUsualPace() {
    assertThat(
            installed
                .namespace()
                .defaulted(workload(POLICY))
                .at("/spec/behavior/scaleDown/stabilizationWindow")
                .asText())
        .startsWith("5m");
  }

  @Test
  void webhookRefusesAModelServingOfNegativeReplicas() {
    String serving = ServingManifest.of("chat", -1, ServingManifest.Role.of("decode", 1, 0)).text();

    assertThat(refusal(serving)).contains("spec.replicas", "should be a non-negative integer");
  }

  @Test
  void kthenaRouterValidatingWebhookTakesAGoodModelRoute() {
    assertThat(refusal(networking(ROUTE))).isEmpty();
  }

  @Test
  void kthenaRouterValidatingWebhookRefusesAnEmptyAdapterName() {
    assertThat(refusal(networking(ROUTE.replace("[sql]", "[sql, '']"))))
        .contains("validate-modelroute.volcano.sh", "lora adapter name cannot be an empty string");
  }
}
