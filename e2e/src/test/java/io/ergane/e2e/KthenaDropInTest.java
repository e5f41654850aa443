package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Kubectl;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.testkit.Ports;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The two processes of Kthena's chart, with Ergane's commands in their place: the chart's arguments
 * and variables, its rights, its webhook configurations. Ports are free ones, and the API server
 * calls URLs, for there is neither a pod network nor a Service network here.
 */
@NeedsPart(Part.API_SERVER)
class KthenaDropInTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: chat}
      spec: {modelName: chat, rules: [{targetModels: [{modelServerName: engines}]}]}
      """;

  @SuppressWarnings("NullAway.Init")
  private static ApiServer server;

  @SuppressWarnings("NullAway.Init")
  private static String namespace;

  private static final int ROUTER_PORT = Ports.free();
  private static final int MANAGER_PORT = Ports.free();

  @TempDir Path folder;

  @BeforeAll
  static void install() {
    server = ApiServer.shared();
    server.kubectl("apply", "--server-side", "-f", "../deploy/crds");
    server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    namespace = server.namespace("kthena");
    server.kubectlWith(chart("rbac"), "apply", "-f", "-");
    server.kubectlWith(chart("webhooks"), "apply", "-f", "-");
  }

  @AfterAll
  static void remove() {
    server.kubectlWith(chart("webhooks"), "delete", "--ignore-not-found", "-f", "-");
  }

  private static String chart(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/kthena", name + ".yaml"))
          .replace("NAMESPACE", namespace)
          .replace("ROUTER_PORT", Integer.toString(ROUTER_PORT))
          .replace("MANAGER_PORT", Integer.toString(MANAGER_PORT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theRouterIsReadyServesAdmitsAndDrains() throws Exception {
    EventLoopGroup threads = EngineThreads.start(1);
    try (SimulatedEngine engine =
            SimulatedEngine.start(EngineSettings.vllm("engine", "chat"), threads);
        CommandLine router = router();
        Web web = new Web()) {
      String base = router.awaitErr("(http://127\\.0\\.0\\.1:\\d+)/v1");
      await().atMost(PATIENCE).until(() -> refusal(badRoute()).contains("validation failed:"));
      apply(ROUTE);
      apply(modelServer(engine.address().getPort()));
      pod(engine.address().getPort());

      await().atMost(PATIENCE).until(() -> web.get(base + "/readyz").statusCode() == 200);
      assertThat(web.get(base + "/healthz").statusCode()).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> chat(web, base, 4, false).statusCode() == 200);
      assertThat(refusal(badRoute()))
          .contains(
              "admission webhook \"validate-modelroute.volcano.sh\" denied the request",
              "lora adapter name cannot be an empty string");
      assertThat(secretKeys("kthena-router-webhook-certs"))
          .contains("ca.crt", "tls.crt", "tls.key");

      HttpResponse<InputStream> stream = web.open(base + "/v1/chat/completions", body(400, true));
      router.terminate();
      String streamed = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(streamed).endsWith("data: [DONE]\n\n");
      assertThat(router.exitCode()).isEqualTo(143);
    } finally {
      threads.shutdownGracefully().await(5_000);
    }
  }

  private CommandLine router() throws IOException {
    return CommandLine.start(
        folder,
        environment("kthena-router"),
        "kthena-router",
        "--port=0",
        "--enable-webhook=true",
        "--webhook-port=" + ROUTER_PORT,
        "--webhook-tls-cert-file=" + folder.resolve("tls.crt"),
        "--webhook-tls-private-key-file=" + folder.resolve("tls.key"),
        "--cert-secret-name=kthena-router-webhook-certs",
        "--webhook-service-name=kthena-router-webhook",
        "--webhook-name=127.0.0.1",
        "--enable-gateway-api=false",
        "--debug-port=0",
        "--metrics-port=0",
        "--expose-metrics-on-router-port=false",
        "--kube-api-qps=100",
        "--kube-api-burst=200",
        "--v=2");
  }

  @Test
  void theControllerManagerIsHealthyAdmitsLeadsAndEnds() throws Exception {
    try (CommandLine manager =
        CommandLine.start(
            folder,
            environment("kthena-controller-manager"),
            "kthena-controller-manager",
            "--port=" + MANAGER_PORT,
            "--cert-secret-name=kthena-controller-manager-webhook-certs",
            "--service-name=kthena-controller-manager-webhook",
            "--webhook-name=127.0.0.1",
            "--tls-cert-file=" + folder.resolve("tls.crt"),
            "--tls-private-key-file=" + folder.resolve("tls.key"),
            "--controllers=*",
            "--leader-elect=true",
            "--workers=5",
            "--v=2")) {
      manager.awaitErr("stands in for Kthena's controller manager");

      await().atMost(PATIENCE).until(() -> refusal(badServing()).contains("validation failed:"));
      assertThat(refusal(badServing()))
          .contains("admission webhook \"validate-workload-ai-v1alpha1-modelserving.volcano.sh\"");
      await()
          .atMost(PATIENCE)
          .until(() ->
              !server
                  .kubectl(
                      "get",
                      "lease",
                      "lease.kthena.controller-manager",
                      "-n",
                      namespace,
                      "--ignore-not-found",
                      "-o",
                      "jsonpath={.spec.holderIdentity}")
                  .isEmpty());
      assertThat(secretKeys("kthena-controller-manager-webhook-certs"))
          .contains("ca.crt", "tls.crt", "tls.key");
      manager.terminate();
      assertThat(manager.exitCode()).isEqualTo(143);
    }
  }

  private static Map<String, String> environment(String account) {
    String token = server.serviceAccountToken(namespace, account);
    return Map.of(
        "KUBECONFIG", server.kubeconfig(token).toString(),
        "POD_NAMESPACE", namespace,
        "DRAIN_TIMEOUT", "30s",
        "METRICS_SCRAPE_INTERVAL", "1s",
        "ACCESS_LOG_ENABLED", "true",
        "ACCESS_LOG_FORMAT", "text",
        "ACCESS_LOG_OUTPUT", "stdout");
  }

  private static String secretKeys(String name) {
    return server.kubectl("get", "secret", name, "-n", namespace, "-o", "jsonpath={.data}");
  }

  private static void apply(String manifest) {
    server.kubectlWith(manifest, "apply", "-n", namespace, "-f", "-");
  }

  private static String refusal(String manifest) {
    Kubectl.Said said =
        server.kubectlAs(
            server.adminToken(),
            manifest,
            "create",
            "--dry-run=server",
            "-n",
            namespace,
            "-f",
            "-");
    return said.error();
  }

  private static String badRoute() {
    return ROUTE.replace("modelName: chat", "loraAdapters: [a, '']");
  }

  private static String badServing() {
    return """
    apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    metadata: {name: bad}
    spec:
      template:
        roles:
        - name: decode
          workerReplicas: 2
          entryTemplate: {spec: {containers: [{name: engine, image: "a b"}]}}
    """;
  }

  private static String modelServer(int port) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelServer
    metadata: {name: engines}
    spec:
      inferenceEngine: vLLM
      workloadPort: {port: %d}
      workloadSelector: {matchLabels: {app: engine}}
    """
        .formatted(port);
  }

  private static void pod(int port) {
    apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: engine-0, labels: {app: engine}}
        spec:
          nodeName: node
          containers: [{name: engine, image: engine, ports: [{containerPort: %d}]}]
        """
            .formatted(port));
    server.kubectl(
        "patch",
        "pod",
        "engine-0",
        "-n",
        namespace,
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"phase\":\"Running\",\"podIP\":\"127.0.0.1\",\"podIPs\":[{\"ip\":\"127.0.0.1\"}],"
            + "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
  }

  private static HttpResponse<String> chat(Web web, String base, int tokens, boolean stream)
      throws IOException, InterruptedException {
    return web.post(base + "/v1/chat/completions", body(tokens, stream));
  }

  private static String body(int tokens, boolean stream) {
    return """
    {"model": "chat", "max_tokens": %d, "stream": %s, "messages": [{"role": "user", "content": "Hello"}]}
    """
        .formatted(tokens, stream);
  }
}
