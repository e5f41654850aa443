package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assertions of Kthena's end-to-end tests of each scheduler plugin, under the same names. */
final class KthenaSchedulerPluginTest {
  private static final String MODEL = "router-plugin-model";
  private static final int REQUESTS = 200;
  private static final int MOST = 180;
  private static final String TIMES = "kthena_router_scheduler_plugin_duration_seconds_count";

  @TempDir Path folder;

  @Test
  void schedulerPluginPrefixCache() throws Exception {
    try (Gateway gateway = pods(3, Gateway.QUICK)) {
      start(gateway, "", "prefix-cache", "");
      Burst.chats(gateway, MODEL, 30, 1, _ -> "one question that all of them ask");

      Map<String, Integer> counts =
          Burst.chats(gateway, MODEL, REQUESTS, 2, _ -> "one question that all of them ask");

      assertThat(counts.values()).as("%s", counts).anyMatch(count -> count >= MOST);
      timed(gateway, "prefix-cache", "score");
    }
  }

  @Test
  void schedulerPluginLeastRequest() throws Exception {
    String one = "- name: least-request\n  args:\n    maxWaitingRequests: 1\n";
    try (Gateway gateway = pods(3, Gateway.QUICK.withMaxSequences(2))) {
      start(gateway, "least-request", "least-request", one);
      List<CompletableFuture<?>> load = saturate(gateway, 4, 16, "pod-1", "pod-2");
      awaitAtLeast(gateway, "requestWaitingNum", 1, "pod-1", "pod-2");

      Map<String, Integer> counts = Burst.chats(gateway, MODEL, REQUESTS, 1, i -> "question " + i);

      assertThat(counts.getOrDefault("pod-3", 0)).as("%s", counts).isGreaterThanOrEqualTo(MOST);
      timed(gateway, "least-request", "filter");
      timed(gateway, "least-request", "score");
      load.forEach(request -> request.cancel(true));
    }
  }

  @Test
  void schedulerPluginGPUCacheUsage() throws Exception {
    try (Gateway gateway = pods(3, Gateway.QUICK.withKvCache(256, 8))) {
      start(gateway, "", "gpu-usage", "");
      List<CompletableFuture<?>> load = saturate(gateway, 1, 400, "pod-1", "pod-2");
      awaitAtLeast(gateway, "gpuCacheUsage", 0.1, "pod-1", "pod-2");

      Map<String, Integer> counts = Burst.chats(gateway, MODEL, REQUESTS, 1, i -> "question " + i);

      assertThat(counts.getOrDefault("pod-3", 0)).as("%s", counts).isGreaterThanOrEqualTo(MOST);
      timed(gateway, "gpu-usage", "score");
      load.forEach(request -> request.cancel(true));
    }
  }

  @Test
  void schedulerPluginLeastLatency() throws Exception {
    EngineConfig slow =
        EngineConfig.fast().withTimes(Duration.ofMillis(300), Duration.ofMillis(20));
    try (Gateway gateway = pods(3, Gateway.QUICK)) {
      gateway.engine(EngineSettings.vllm("slow", MODEL).withModel(slow), "plugin");
      start(gateway, "", "least-latency", "");
      prime(gateway);
      prime(gateway);

      Map<String, Integer> counts = Burst.chats(gateway, MODEL, REQUESTS, 2, i -> "question " + i);

      int fast = REQUESTS - counts.getOrDefault("slow", 0);
      assertThat(fast).as("%s", counts).isGreaterThanOrEqualTo(MOST);
      timed(gateway, "least-latency", "score");
    }
  }

  /** One request straight to every engine, and a reading of what it came to. */
  private static void prime(Gateway gateway) throws IOException, InterruptedException {
    for (var engine : gateway.engines().values()) {
      String url = engine.url() + "/v1/chat/completions";
      Burst.engineOf(gateway.web().post(url, Chats.body(MODEL, "prime")));
    }
    String[] all = gateway.engines().keySet().toArray(String[]::new);
    awaitAtLeast(gateway, "ttft", 1e-6, all);
    awaitAtLeast(gateway, "tpot", 1e-6, all);
  }

  @Test
  void schedulerPluginLoraAffinity() throws Exception {
    EngineSettings adapted =
        EngineSettings.vllm("adapted", MODEL).withModel(Gateway.QUICK).withLoras("lora-A");
    try (Gateway gateway =
        pods(2, Gateway.QUICK)
            .engine(adapted, "plugin")
            .manifest("lora.yaml", Manifests.routeOf("lora", "loraAdapters: [lora-A]", "plugin"))) {
      start(gateway, "lora-affinity", "random", "");

      Map<String, Integer> counts =
          Burst.chats(gateway, "lora-A", REQUESTS, 2, i -> "question " + i);

      assertThat(counts).containsExactly(Map.entry("adapted", REQUESTS));
      timed(gateway, "lora-affinity", "filter");
      timed(gateway, "random", "score");
    }
  }

  @Test
  void schedulerPluginRandom() throws Exception {
    try (Gateway gateway = pods(3, Gateway.QUICK)) {
      start(gateway, "", "random", "");
      Map<String, Integer> counts = new TreeMap<>();
      List<Integer> sent = new ArrayList<>();

      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            Burst.chats(gateway, MODEL, REQUESTS, 2, i -> "question " + i)
                .forEach((pod, count) -> counts.merge(pod, count, Integer::sum));
            sent.add(REQUESTS);
            double all = sent.size() * REQUESTS;
            assertThat(counts.keySet()).containsExactly("pod-1", "pod-2", "pod-3");
            assertThat(counts.values())
                .allSatisfy(count -> assertThat(100 * count / all).isCloseTo(33.3, within(10.0)));
          });

      assertThat(sent).as("batches until it was even").hasSizeLessThanOrEqualTo(5);
      timed(gateway, "random", "score");
    }
  }

  private Gateway pods(int count, EngineConfig model) throws IOException {
    Gateway gateway =
        Gateway.in(folder)
            .manifest(
                "models.yaml", Manifests.server("plugin", MODEL), Manifests.route(MODEL, "plugin"));
    for (int i = 1; i <= count; i++) {
      gateway.engine(EngineSettings.vllm("pod-" + i, MODEL).withModel(model), "plugin");
    }
    return gateway;
  }

  private static void start(Gateway gateway, String filters, String scorers, String arguments)
      throws IOException {
    Path file = gateway.configuration(Manifests.configuration(filters, scorers, arguments));
    gateway.start("--config=" + file);
  }

  private static List<CompletableFuture<?>> saturate(
      Gateway gateway, int requests, int tokens, String... pods) {
    List<CompletableFuture<?>> load = new ArrayList<>();
    for (String pod : pods) {
      String url = gateway.engine(pod).url() + "/v1/chat/completions";
      load.addAll(Saturation.of(gateway, url, MODEL, requests, tokens));
    }
    return load;
  }

  private static void awaitAtLeast(Gateway gateway, String metric, double least, String... pods) {
    for (String pod : pods) {
      KthenaRouterTest.awaitPod(
          gateway,
          pod,
          metrics ->
              assertThat(metrics.path(metric).asDouble())
                  .as("%s of %s", metric, pod)
                  .isGreaterThanOrEqualTo(least));
    }
  }

  private static void timed(Gateway gateway, String plugin, String type)
      throws IOException, InterruptedException {
    Samples samples = gateway.metrics();
    assertThat(samples.sum(TIMES, "plugin=" + plugin, "type=" + type)).isPositive();
    assertThat(samples.values(TIMES, "plugin")).contains(plugin);
  }
}
