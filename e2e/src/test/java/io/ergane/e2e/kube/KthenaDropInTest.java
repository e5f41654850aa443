package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.Chats;
import io.ergane.e2e.CommandLine;
import io.ergane.e2e.Web;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.simulator.model.EngineConfig;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Models under Kthena's chart, with Ergane's two commands in place of its images. */
@NeedsPart(Part.API_SERVER)
@TestInstance(Lifecycle.PER_CLASS)
final class KthenaDropInTest {
  private static final int AT_A_TIME = 6;

  /** Slow enough for requests to be at several engines at a time. */
  private static final EngineConfig PACE =
      EngineConfig.fast().withTimes(Duration.ofMillis(1), Duration.ofMillis(5));

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: engine-0, labels: {app: engine}}
      spec: {containers: [{name: engine, image: "engine:1", ports: [{containerPort: 8000}]}]}
      """;

  private static final String SETS =
      "/apis/leaderworkerset.x-k8s.io/v1/namespaces/%s/leaderworkersets";

  private static final String SET =
      """
      apiVersion: leaderworkerset.x-k8s.io/v1
      kind: LeaderWorkerSet
      metadata: {name: pair}
      spec:
        replicas: 1
        leaderWorkerTemplate:
          size: 2
          workerTemplate: {spec: {containers: [{name: engine, image: "engine:1"}]}}
      """;

  private static final ServingManifest MODEL =
      ServingManifest.of("model", 2, Role.of("prefill", 1, -1), Role.of("decode", 1, 1));

  /** The pods of the model that requests may go to. */
  private static final String ENTRIES =
      "modelserving.volcano.sh/name: model, modelserving.volcano.sh/role: decode,"
          + " modelserving.volcano.sh/entry: \"true\"";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private KthenaChart chart;

  private final Web web = new Web();
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeAll
  void install() {
    chart = KthenaChart.install();
  }

  @AfterAll
  void remove() {
    chart.close();
    web.close();
  }

  @Test
  void theRouterServesAdmitsAndDrains() throws Exception {
    try (FakeKubelet kubelet = kubelet();
        CommandLine router = chart.start(folder, KthenaChart.ROUTER)) {
      String base = KthenaChart.base(router);
      chart.awaitAdmission(router, KthenaChart.BAD_ROUTE);
      chart.namespace().apply(routing("app: engine"));
      chart.namespace().apply(POD);

      awaitServed(base, Set.of("engine-0"), kubelet, router);
      assertThat(web.get(base + "/readyz").statusCode()).isEqualTo(200);
      assertThat(web.get(base + "/healthz").statusCode()).isEqualTo(200);
      assertThat(chart.namespace().tryOut(KthenaChart.BAD_ROUTE))
          .contains(
              "admission webhook \"validate-modelroute.volcano.sh\" denied the request",
              "lora adapter name cannot be an empty string");
      assertThat(chart.secret("kthena-router-webhook-certs"))
          .contains("ca.crt", "tls.crt", "tls.key");

      HttpResponse<InputStream> stream =
          web.open(base + "/v1/chat/completions", Chats.streamed(chart.model(), "hello", 400));
      router.terminate();
      String streamed = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(streamed).endsWith("data: [DONE]\n\n");
      assertThat(router.exitCode()).isEqualTo(143);
      assertThat(writes(KthenaChart.ROUTER, false)).isEmpty();
      chart.namespace().delete(Namespace.PODS, "engine-0");
      assertThat(kubelet.problems()).isEmpty();
    }
  }

  @Test
  @NeedsPart(Part.CONTROLLER_MANAGER)
  void theManagerRunsModelsThatTheRouterServesAndBothKeepToTheirRights() throws Exception {
    try (FakeKubelet kubelet = kubelet();
        CommandLine manager = chart.start(folder, KthenaChart.MANAGER);
        CommandLine router = chart.start(folder, KthenaChart.ROUTER)) {
      String base = KthenaChart.base(router);
      chart.awaitAdmission(router, KthenaChart.BAD_ROUTE);
      chart.awaitAdmission(manager, KthenaChart.BAD_SERVING);
      chart.namespace().apply(routing(ENTRIES));

      Serving serving = new Serving(chart.namespace(), MODEL.name()).apply(MODEL).awaitPods(6);
      awaitServed(base, entries(2), kubelet, router);
      serving.scale(3);
      serving.awaitPods(9);
      awaitServed(base, entries(3), kubelet, router);
      serving.apply(MODEL.scaled(3).tagged("2")).awaitUpdated();
      serving.awaitPods(9);
      assertThat(serving.pods()).allMatch(pod -> pod.image().equals("engine:2"));
      awaitServed(base, entries(3), kubelet, router);
      patiently().until(() -> chart.namespace().names(Namespace.REVISIONS).size() == 1);
      leaderWorkerSet();

      chart.namespace().delete(Namespace.SERVINGS, MODEL.name());
      patiently().until(() -> serving.pods().isEmpty());
      patiently().until(() -> chat(base).statusCode() == 503);
      assertThat(manager.isAlive()).isTrue();
      assertThat(kubelet.problems()).isEmpty();
      assertThat(writes(KthenaChart.ROUTER, false)).isEmpty();
      assertThat(writes(KthenaChart.MANAGER, false))
          .as("tried before the update")
          .isSubsetOf("patch leaderworkersets/status");
      assertThat(writes(KthenaChart.MANAGER, true))
          .contains(
              "create pods",
              "delete pods",
              "create controllerrevisions",
              "delete controllerrevisions",
              "update leaderworkersets/status");
    }
  }

  private static Set<String> entries(int groups) {
    return IntStream.range(0, groups)
        .mapToObj(group -> "model-" + group + "-decode-0-0")
        .collect(Collectors.toSet());
  }

  /** Until each of these engines has answered, and no other one. */
  private void awaitServed(
      String base, Set<String> engines, FakeKubelet kubelet, CommandLine router) throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    AtomicReference<String> latest = new AtomicReference<>("");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      patiently()
          .untilAsserted(() -> {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) answers.add(threads.submit(() -> chat(base)));
            for (Future<HttpResponse<String>> answer : answers) {
              latest.set(answer.get().statusCode() + " " + answer.get().body());
              answer.get().headers().firstValue("x-engine").ifPresent(answered::add);
            }
            assertThat(answered)
                .as(
                    "the last answer: %s; engines: %s; kubelet: %s; router: %s",
                    latest, kubelet.engines().keySet(), kubelet.problems(), router)
                .isEqualTo(engines);
          });
    }
  }

  /** Its status may be updated and not patched. */
  private void leaderWorkerSet() {
    chart.namespace().apply(SET);
    patiently()
        .until(() ->
            chart.namespace().find(SETS, "pair").orElseThrow().at("/status/readyReplicas").asInt()
                == 1);
    chart.namespace().delete(SETS, "pair");
    patiently().until(() -> new Serving(chart.namespace(), "pair").pods().isEmpty());
  }

  /** What an account tried to change, as {@code create pods}: what it may, or what it may not. */
  private Set<String> writes(String account, boolean allowed) {
    return Access.all(chart.namespace().name(), account).stream()
        .filter(access -> access.writes() && access.allowed() == allowed)
        .map(access -> access.verb() + " " + access.resource())
        .collect(Collectors.toSet());
  }

  private FakeKubelet kubelet() {
    return FakeKubelet.start(
        chart.namespace().server(),
        chart.namespace().name(),
        KubeletSettings.of(ServingWorld.MODEL).withPace(PACE));
  }

  private String routing(String labels) {
    return RunningGateway.routing(labels).replace("modelName: chat", "modelName: " + chart.model());
  }

  /** Another prompt each time: equal ones go to the engine that has read them. */
  private HttpResponse<String> chat(String base) throws Exception {
    String prompt = "question " + asked.getAndIncrement();
    return web.post(base + "/v1/chat/completions", Chats.body(chart.model(), prompt));
  }
}
