package io.ergane.controllers.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Kubectl;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code kubectl apply -k deploy/} installs, on an API server of its own. */
@NeedsPart(Part.API_SERVER)
class DeployTest {
  private static final String ACCOUNT = "system:serviceaccount:ergane-system:ergane-control-plane";

  @SuppressWarnings("NullAway.Init")
  private static ApiServer server;

  @BeforeAll
  static void start() {
    server = ApiServer.start();
    server.kubectl("apply", "--server-side", "--validate=strict", "-k", "../deploy");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void itCanBeAppliedAgainAndInEitherWay() {
    server.kubectl("apply", "--server-side", "--validate=strict", "-k", "../deploy");
    server.kubectl("apply", "--server-side", "--validate=strict", "-k", "../deploy/envoy");

    assertThat(server.kubectl("get", "deployments", "-n", "ergane-system", "-o", "name").lines())
        .containsExactlyInAnyOrder(
            "deployment.apps/ergane-control-plane",
            "deployment.apps/ergane-proxy",
            "deployment.apps/ergane-envoy");
  }

  @Test
  void podsMeetTheRestrictedStandardThatTheirNamespaceEnforces() {
    for (String name : List.of("control-plane", "proxy")) {
      String template =
          server.kubectl(
              "get",
              "deployment",
              "ergane-" + name,
              "-n",
              "ergane-system",
              "-o",
              "jsonpath={.spec.template}");
      String pod =
          "{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
              + template
                  .strip()
                  .substring(1)
                  .replaceFirst(
                      "\"metadata\":\\{",
                      "\"metadata\":{\"name\":\"try\",\"namespace\":\"ergane-system\",");

      Kubectl.Said said =
          server.kubectlAs(server.adminToken(), pod, "create", "--dry-run=server", "-f", "-");

      assertThat(said.error()).isEmpty();
    }
  }

  @Test
  void theControlPlaneHasFiveMinutesForItsFirstListOfTheCluster() throws IOException {
    JsonNode probe =
        new YAMLMapper()
            .readTree(
                server.kubectl(
                    "get",
                    "deployment",
                    "ergane-control-plane",
                    "-n",
                    "ergane-system",
                    "-o",
                    "jsonpath={.spec.template.spec.containers[0].startupProbe}"));

    assertThat(probe.at("/tcpSocket/port").asText()).isEqualTo("xds");
    assertThat(probe.path("periodSeconds").asInt() * probe.path("failureThreshold").asInt())
        .isEqualTo(300);
  }

  @Test
  void everyWebhookIsRegisteredUnderKthenasPathsAndNames() throws IOException {
    Map<String, JsonNode> hooks = new HashMap<>();
    for (String kind : List.of("validating", "mutating")) {
      JsonNode configuration =
          new YAMLMapper()
              .readTree(
                  server.kubectl(
                      "get", kind + "webhookconfiguration", "ergane-control-plane", "-o", "yaml"));
      configuration.path("webhooks").forEach(hook -> hooks.put(hook.path("name").asText(), hook));
    }

    assertThat(hooks).hasSize(Webhook.values().length);
    for (Webhook webhook : Webhook.values()) {
      JsonNode hook = hooks.get(webhook.hookName());
      assertThat(hook).as(webhook.hookName()).isNotNull();
      assertThat(hook.at("/clientConfig/service/path").asText()).isEqualTo(webhook.path());
      assertThat(hook.at("/clientConfig/service/name").asText()).isEqualTo("ergane-control-plane");
      assertThat(hook.at("/rules/0/resources/0").asText()).isEqualTo(webhook.resource());
      assertThat(hook.at("/rules/0/apiGroups/0").asText()).isEqualTo(webhook.group());
      assertThat(hook.has("reinvocationPolicy")).isEqualTo(webhook.mutates());
    }
  }

  @Test
  void theControlPlaneMayDoWhatItsWebhooksNeedAndNotMore() {
    assertThat(may("create", "secrets")).isTrue();
    assertThat(may("update", "secrets/ergane-webhook-certs")).isTrue();
    assertThat(may("get", "secrets/other")).isFalse();
    assertThat(may("list", "secrets")).isFalse();
    assertThat(may("patch", "validatingwebhookconfigurations/ergane-control-plane")).isTrue();
    assertThat(may("patch", "validatingwebhookconfigurations/other")).isFalse();
    assertThat(may("watch", "modelroutes.networking.serving.volcano.sh")).isTrue();
  }

  private static boolean may(String verb, String what) {
    return server
        .kubectlAs(
            server.adminToken(),
            "",
            "auth",
            "can-i",
            verb,
            what,
            "--as=" + ACCOUNT,
            "-n",
            "ergane-system")
        .output()
        .startsWith("yes");
  }
}
