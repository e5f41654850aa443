package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.Flavour;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The assertions of Kthena's end-to-end tests of its router, under the same names. Scheduler
 * plugins are in {@link KthenaSchedulerPluginTest}.
 */
final class KthenaRouterTest {
  private static final String SMALL = "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B";
  private static final String LARGE = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B";
  private static final String REQUESTS = "kthena_router_requests_total";
  private static final String PLUGINS = "kthena_router_scheduler_plugin_duration_seconds_count";

  @TempDir Path folder;

  @Test
  void modelRouteSimple() throws Exception {
    try (Gateway gateway = small().manifest("route.yaml", Manifests.route("simple", "small"))) {
      gateway.start();

      HttpResponse<String> answer = gateway.chat("simple", "hi");

      assertThat(Burst.engineOf(answer)).isEqualTo("small-1");
      assertThat(answer.body()).contains("serving " + SMALL);
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() ->
              assertThat(gateway.accessLog())
                  .contains(
                      "\"POST /v1/chat/completions HTTP/1.1\" 200",
                      " model_name=simple",
                      " model_route=default/simple",
                      " selected_pod=small-1",
                      " tokens="));
    }
  }

  @Test
  void modelRouteMultiModels() throws Exception {
    String tiers =
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ModelRoute
        metadata:
          name: multi-models
          namespace: default
        spec:
          modelName: "multi-models"
          rules:
          - name: "premium"
            modelMatch:
              headers:
                user-type:
                  exact: premium
            targetModels:
            - modelServerName: "large"
          - name: "default"
            targetModels:
            - modelServerName: "small"
        """;
    try (Gateway gateway = smallAndLarge().manifest("route.yaml", tiers)) {
      gateway.start();

      assertThat(gateway.chat("multi-models", "hi", "user-type", "premium").body()).contains(LARGE);
      assertThat(gateway.chat("multi-models", "hi").body()).contains(SMALL);
      assertThat(gateway.chat("multi-models", "hi", "user-type", "basic").body()).contains(SMALL);
      assertThat(gateway.chat("multi-models", "hi", "user-type", "").body()).contains(SMALL);
    }
  }

  @Test
  void modelRouteSubset() throws Exception {
    try (Gateway gateway =
        smallAndLarge().manifest("route.yaml", Manifests.route("subset", "small:70", "large:30"))) {
      gateway.start();
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> assertThat(shareOfSmall(gateway)).isCloseTo(70, within(5.0)));

      gateway.manifest("route.yaml", Manifests.route("subset", "small:50", "large:30"));
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> gateway.admin("/debug/image").body().contains("50"));
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> assertThat(shareOfSmall(gateway)).isCloseTo(62.5, within(5.0)));
    }
  }

  private static double shareOfSmall(Gateway gateway)
      throws InterruptedException, ExecutionException {
    Map<String, Integer> counts = Burst.chats(gateway, "subset", 500, 4, i -> "question " + i);
    return counts.getOrDefault("small-1", 0) / 5.0;
  }

  @Test
  void modelRouteLora() throws Exception {
    EngineSettings plain = EngineSettings.vllm("plain-1", SMALL).withModel(Gateway.QUICK);
    EngineSettings adapted =
        EngineSettings.vllm("adapted", SMALL)
            .withModel(Gateway.QUICK)
            .withLoras("lora-A", "lora-B");
    try (Gateway gateway =
        Gateway.in(folder)
            .engine(plain, "small")
            .engine(adapted, "small")
            .engine("plain-2", "small", SMALL)
            .manifest("server.yaml", Manifests.server("small", SMALL))
            .manifest(
                "route.yaml",
                Manifests.routeOf("lora", "loraAdapters: [lora-A, lora-B]", "small"))) {
      gateway.start();

      for (int i = 0; i < 10; i++) {
        for (String adapter : List.of("lora-A", "lora-B")) {
          HttpResponse<String> answer = gateway.chat(adapter, "question " + i);
          assertThat(Burst.engineOf(answer)).isEqualTo("adapted");
          assertThat(answer.body()).contains(adapter);
        }
      }
      HttpResponse<String> unknown = gateway.chat("lora-C", "hi");
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(unknown.body()).contains("route not found");
    }
  }

  /** As Kthena's test loads them: while the router runs, straight on one engine. */
  @Test
  void modelRouteLoraLoadedWhileItRuns() throws Exception {
    try (Gateway gateway =
        small()
            .engine("small-2", "small", SMALL)
            .engine("small-3", "small", SMALL)
            .manifest("route.yaml", Manifests.routeOf("lora", "loraAdapters: [lora-A]", "small"))) {
      gateway.start();
      assertThat(gateway.chat("lora-A", "hi").statusCode()).isEqualTo(404);

      String load = gateway.engine("small-2").url() + "/v1/load_lora_adapter";
      String adapter = "{\"lora_name\": \"lora-A\", \"lora_path\": \"/adapters/lora-A\"}";
      assertThat(gateway.web().post(load, adapter).statusCode()).isEqualTo(200);

      for (int i = 0; i < 20; i++) {
        HttpResponse<String> answer = gateway.chat("lora-A", "question " + i);
        assertThat(Burst.engineOf(answer)).isEqualTo("small-2");
      }
    }
  }

  @Test
  void modelRouteDuplicatePreferOldest() throws Exception {
    String older = Manifests.routeOf("older", "modelName: twice", "small");
    String younger = Manifests.routeOf("younger", "modelName: twice", "large");
    try (Gateway gateway = smallAndLarge().manifest("route.yaml", older, younger)) {
      gateway.start();
      assertThat(gateway.chat("twice", "hi").body()).contains(SMALL);

      gateway.manifest("route.yaml", younger);
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> assertThat(gateway.chat("twice", "hi").body()).contains(LARGE));
    }
  }

  @Test
  void metrics() throws Exception {
    try (Gateway gateway = small().manifest("route.yaml", Manifests.route("counted", "small"))) {
      gateway.start();

      for (int i = 0; i < 3; i++) {
        Burst.engineOf(gateway.chat("counted", "hi"));
      }
      assertThat(gateway.chat("nobody", "hi").statusCode()).isEqualTo(404);

      String[] labels = {
        "model=counted",
        "path=/v1/chat/completions",
        "status_code=200",
        "model_route=default/counted",
        "backend_type=model_server",
        "backend_name=default/small",
        "upstream_model=" + SMALL
      };
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            Samples samples = gateway.metrics();
            assertThat(samples.sum(REQUESTS, labels)).isEqualTo(3);
            assertThat(samples.sum(REQUESTS, "model=counted")).isEqualTo(3);
            assertThat(samples.sum("kthena_router_request_duration_seconds_count", labels))
                .isEqualTo(3);
            assertThat(
                    samples.sum(
                        REQUESTS, "model=unknown", "status_code=404", "error_type=route_not_found"))
                .isEqualTo(1);
          });
      String other = "http://127.0.0.1:" + gateway.router().metricsPort() + "/metrics";
      Samples scraped = Samples.parse(gateway.web().get(other).body());
      assertThat(scraped.sum(REQUESTS, labels)).isEqualTo(3);
    }
  }

  @Test
  void sglangMetrics() throws Exception {
    EngineSettings settings =
        EngineSettings.vllm("sglang-1", SMALL)
            .withFlavour(Flavour.SGLANG)
            .withModel(Gateway.QUICK.withMaxSequences(1).withKvCache(64, 16));
    try (Gateway gateway =
        Gateway.in(folder)
            .engine(settings, "sglang")
            .manifest("server.yaml", Manifests.server("sglang", SMALL, "SGLang"))
            .manifest("route.yaml", Manifests.route("chat", "sglang"))) {
      gateway.start();
      Burst.engineOf(gateway.chat("chat", "hi"));
      awaitPod(
          gateway,
          "sglang-1",
          pod -> {
            assertThat(pod.path("ttft").asDouble()).isPositive();
            assertThat(pod.path("tpot").asDouble()).isPositive();
          });

      String engine = gateway.engine("sglang-1").url() + "/v1/chat/completions";
      List<CompletableFuture<?>> held = Saturation.of(gateway, engine, SMALL, 2, 100);
      awaitPod(
          gateway,
          "sglang-1",
          pod -> {
            assertThat(pod.path("requestRunningNum").asDouble()).isEqualTo(1);
            assertThat(pod.path("requestWaitingNum").asDouble()).isEqualTo(1);
            assertThat(pod.path("gpuCacheUsage").asDouble()).isBetween(0.05, 1.0);
          });
      held.forEach(request -> request.cancel(true));
    }
  }

  static void awaitPod(
      Gateway gateway, String name, java.util.function.Consumer<JsonNode> metrics) {
    await()
        .atMost(Gateway.PATIENCE)
        .untilAsserted(() -> {
          JsonNode pod = gateway.debug("/debug/config_dump/namespaces/default/pods/" + name);
          metrics.accept(pod.path("metrics"));
        });
  }

  @Test
  void routerConfigUpdate() throws Exception {
    try (Gateway gateway = small().manifest("route.yaml", Manifests.route("chat", "small"))) {
      Path file =
          gateway.configuration(
              Manifests.configuration("least-request", "least-request,gpu-usage", ""));
      gateway.start("--config=" + file);
      Burst.engineOf(gateway.chat("chat", "hi"));
      Samples before = gateway.metrics();
      assertThat(before.sum(PLUGINS, "plugin=gpu-usage", "type=score")).isPositive();

      gateway.configuration(Manifests.configuration("", "least-request", ""));
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> !gateway.admin("/debug/image").body().contains("gpu-usage"));
      for (int i = 0; i < 3; i++) {
        Burst.engineOf(gateway.chat("chat", "hi"));
      }

      Samples after = gateway.metrics();
      assertThat(grown(before, after, "plugin=least-request", "type=score")).isEqualTo(3);
      assertThat(grown(before, after, "type=score")).isEqualTo(3);
      assertThat(grown(before, after, "type=filter")).isZero();
    }
  }

  private static double grown(Samples before, Samples after, String... labels) {
    return after.sum(PLUGINS, labels) - before.sum(PLUGINS, labels);
  }

  @Test
  void debugServer() throws Exception {
    try (Gateway gateway = small().manifest("route.yaml", Manifests.route("chat", "small"))) {
      gateway.start();

      for (String kind :
          List.of(
              "modelroutes", "modelservers", "pods", "gateways", "httproutes", "inferencepools")) {
        HttpResponse<String> answer = gateway.admin("/debug/config_dump/" + kind);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(gateway.debug("/debug/config_dump/" + kind).has(kind)).isTrue();
      }
      int port = gateway.router().adminPort();
      assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
          .as("bound to 127.0.0.1 alone")
          .isInstanceOf(ConnectException.class);
    }
  }

  private Gateway small() throws IOException {
    return Gateway.in(folder)
        .engine("small-1", "small", SMALL)
        .manifest("server.yaml", Manifests.server("small", SMALL));
  }

  private Gateway smallAndLarge() throws IOException {
    return Gateway.in(folder)
        .engine("small-1", "small", SMALL)
        .engine("large-1", "large", LARGE)
        .manifest(
            "server.yaml", Manifests.server("small", SMALL), Manifests.server("large", LARGE));
  }
}
