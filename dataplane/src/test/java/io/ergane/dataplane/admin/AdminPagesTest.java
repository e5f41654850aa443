package io.ergane.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.StageTimer;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Fleet;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminPagesTest {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();
  private static final String ROUTE =
      """
      {apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelRoute',
       metadata: {name: 'chat'},
       spec: {modelName: 'chat', rules: [{targetModels: [{modelServerName: 'server'}]}]}}
      """;
  private static final String SERVER =
      """
      {apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelServer',
       metadata: {name: 'server'},
       spec: {inferenceEngine: 'vLLM', workloadSelector: {matchLabels: {app: 'engine'}},
              workloadPort: {port: 8000}}}
      """;
  private static final String POD =
      """
      {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'pod-0', labels: {app: 'engine'}},
       spec: {nodeName: 'node-1'},
       status: {podIP: '10.0.0.1', phase: 'Running', startTime: '2026-01-01T00:00:00Z',
                conditions: [{type: 'Ready', status: 'True'}]}}
      """;

  private final Dataplane dataplane = new Dataplane(Fleet.settings(8, 1 << 12), () -> 0);
  private final DecisionLog decisions = new DecisionLog(4, 100);
  private final RouterTelemetry telemetry =
      new RouterTelemetry(
          new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), null, decisions, () -> 0);
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new AdminServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            DebugPages.withIndex(DebugPages.all(dataplane, decisions, () -> "metric 1\n")));
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path);
  }

  private JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("application/json; charset=utf-8");
    return MAPPER.readTree(response.body());
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void serve(String... manifests) {
    List<Observed.Sighting> sightings =
        Arrays.stream(manifests)
            .map(manifest -> ((Decoded.Ok) Decoding.decode(tree(manifest))).resource())
            .map(resource -> Observed.Sighting.of(resource, 0, ""))
            .toList();
    dataplane.apply(
        ImageCompiler.compile(
            new Observed(sightings, SchedulingProfile.DEFAULT, List.of()), Compilation.EMPTY));
  }

  private int slot() {
    return dataplane.state().watched().get(0).slot();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"modelroutes", "modelservers", "pods", "gateways", "httproutes", "inferencepools"})
  void emptyListsAreNull(String kind) throws IOException, InterruptedException {
    assertThat(get("/debug/config_dump/" + kind).body()).isEqualTo("{\"" + kind + "\":null}");
  }

  @ParameterizedTest
  @CsvSource({
    "modelroutes, ModelRoute",
    "modelservers, ModelServer",
    "pods, Pod",
    "gateways, Gateway",
    "httproutes, HTTPRoute",
    "inferencepools, InferencePool"
  })
  void whatIsNotThereIsNotFoundByItsKind(String plural, String kind)
      throws IOException, InterruptedException {
    HttpResponse<String> response = get("/debug/config_dump/namespaces/default/" + plural + "/x");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEqualTo("{\"error\":\"" + kind + " not found\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "namespaces/default/pods/",
        "namespaces/default/pods",
        "namespaces//pods/x",
        "namespaces/default/modelroutes/"
      })
  void aMissingNameOrNamespaceIsABadRequest(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get("/debug/config_dump/" + path);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .isEqualTo("{\"error\":\"namespace and name parameters are required\"}");
  }

  @Test
  void routesAndServersShowWhatIsInForce() throws IOException, InterruptedException {
    serve(ROUTE, SERVER, POD);
    JsonNode routes = json("/debug/config_dump/modelroutes").get("modelroutes");
    assertThat(routes).hasSize(1);
    assertThat(routes.get(0).at("/name").textValue()).isEqualTo("chat");
    assertThat(routes.get(0).at("/namespace").textValue()).isEqualTo("default");
    assertThat(routes.get(0).at("/spec/modelName").textValue()).isEqualTo("chat");
    assertThat(json("/debug/config_dump/namespaces/default/modelroutes/chat"))
        .isEqualTo(routes.get(0));
    JsonNode servers = json("/debug/config_dump/modelservers").get("modelservers");
    assertThat(servers.get(0).at("/spec/inferenceEngine").textValue()).isEqualTo("vLLM");
    assertThat(servers.get(0).get("associatedPods")).isEqualTo(tree("['default/pod-0']"));
    assertThat(servers.get(0).get("decodePods").isNull()).isTrue();
    assertThat(servers.get(0).get("prefillPods").isNull()).isTrue();
  }

  @Test
  void podsShowTheirEngineAndTheirSignals() throws IOException, InterruptedException {
    serve(ROUTE, SERVER, POD);
    dataplane.board().sample(slot(), 3, 4, 0.5f, 0.25f, 0.125f, 0);
    dataplane.board().models(slot(), Set.of("chat", "adapter"));
    JsonNode wanted =
        tree(
            """
            {pods: [{name: 'pod-0', namespace: 'default', engine: 'vLLM',
             metrics: {gpuCacheUsage: 0.5, requestWaitingNum: 4.0, requestRunningNum: 3.0,
                       tpot: 0.125, ttft: 0.25},
             models: ['adapter', 'chat'], modelServers: ['default/server']}]}
            """);
    assertThat(json("/debug/config_dump/pods")).isEqualTo(wanted);
    JsonNode single = json("/debug/config_dump/namespaces/default/pods/pod-0");
    assertThat(single.get("podInfo"))
        .isEqualTo(
            tree(
                """
                {podIP: '10.0.0.1', nodeName: 'node-1', phase: 'Running',
                 startTime: '2026-01-01T00:00:00Z', labels: {app: 'engine'}}
                """));
    assertThat(single.get("metrics")).isEqualTo(wanted.at("/pods/0/metrics"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/debug/imagexyz",
        "/debug/config_dump",
        "/debug/config_dump/",
        "/debug/config_dump/secrets",
        "/debug/config_dump/pods/x",
        "/debug/decisions/unknown"
      })
  void unknownPagesAreNotFoundInJson(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(tree(response.body()).get("error").textValue()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
  void pagesAreReadOnly(String method) throws IOException, InterruptedException {
    for (String path : List.of("/", "/metrics", "/debug/config_dump/pods")) {
      HttpResponse<String> response = send(method, path);
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void aNameOfAnotherSiteIsRefused() throws IOException {
    assertThat(statusFor("attacker.example")).isEqualTo(403);
    assertThat(statusFor("localhost:" + server.port())).isEqualTo(200);
    assertThat(statusFor("[::1]:" + server.port())).isEqualTo(200);
  }

  private int statusFor(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = "GET /debug/image HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(status, StandardCharsets.US_ASCII).substring(9));
    }
  }

  @Test
  void headHasNoBody() throws IOException, InterruptedException {
    HttpResponse<String> response = send("HEAD", "/debug/config_dump/pods");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void metricsAreServedAsTheyAre() throws IOException, InterruptedException {
    HttpResponse<String> response = get("/metrics");
    assertThat(response.body()).isEqualTo("metric 1\n");
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void theImageIsShownWithItsHash() throws IOException, InterruptedException {
    serve(ROUTE, SERVER, POD);
    assertThat(get("/debug/image").body())
        .startsWith("# image " + dataplane.state().image().hash())
        .contains("chat", "server");
  }

  @Test
  void endpointsShowCountsHealthAndSignals() throws IOException, InterruptedException {
    serve(ROUTE, SERVER, POD);
    JsonNode unknown = json("/debug/endpoints").at("/endpoints/0");
    assertThat(unknown.get("kv_usage").isNull()).isTrue();
    assertThat(unknown.get("sampleAgeMillis").intValue()).isEqualTo(-1);
    ObjectName name = new ObjectName("default", "server");
    Hold hold = Fleet.choose(Fleet.pool(dataplane, name), Fleet.REQUEST, 1);
    dataplane.board().sample(slot(), 3, 4, 0.5f, 0.25f, 0.125f, 0);
    for (int i = 0; i < 3; i++) {
      hold.failed();
    }
    assertThat(json("/debug/endpoints"))
        .isEqualTo(
            tree(
                """
                {endpoints: [{pod: 'default/pod-0', address: '10.0.0.1:8000', engine: 'vLLM',
                 modelServers: ['default/server'], inFlight: 1, ejectedForMillis: 5000,
                 share: 0.1, running: 3.0, waiting: 4.0, kv_usage: 0.5, ttft: 0.25, tpot: 0.125,
                 sampleAgeMillis: 0, models: []}], leftOut: []}
                """));
  }

  @Test
  void decisionsAreListedNewestFirstAndFoundByTheirRequest()
      throws IOException, InterruptedException {
    dataplane.apply(Fleet.of(Fleet.endpoints(2)));
    decide("one");
    decide("two");
    JsonNode all = json("/debug/decisions");
    assertThat(all.get("kept").intValue()).isEqualTo(4);
    assertThat(all.get("decisions").findValuesAsText("requestId")).containsExactly("two", "one");
    JsonNode one = json("/debug/decisions/one");
    assertThat(one).isEqualTo(all.at("/decisions/1"));
    assertThat(one.get("endpoints")).hasSize(2);
    assertThat(one.get("endpoints").findValuesAsText("rank")).containsExactlyInAnyOrder("1", "2");
    assertThat(one.at("/endpoints/0/scores").size()).isEqualTo(4);
    assertThat(one.at("/endpoints/0/scores/gpu-usage/known").booleanValue()).isFalse();
    assertThat(get("/debug/decisions/three").body())
        .contains("'three'", "refused before engines were looked at");
  }

  @Test
  void thePageOfAllDecisionsIsBoundedHoweverManyEndpointsTheyConsidered()
      throws IOException, InterruptedException {
    Dataplane large = new Dataplane(Fleet.settings(600, 1 << 12), () -> 0);
    large.apply(Fleet.of(Fleet.endpoints(600)));
    List.of("first", "second", "third", "fourth").forEach(id -> decide(large, id));

    JsonNode all = json("/debug/decisions").get("decisions");

    assertThat(all.findValuesAsText("requestId"))
        .containsExactly("fourth", "third", "second", "first");
    assertThat(all.at("/2/endpoints")).hasSize(600);
    assertThat(all.at("/3/endpoints").isMissingNode()).isTrue();
    String own = all.at("/3/endpointsAt").textValue();
    assertThat(json(own).get("endpoints")).hasSize(600);
  }

  private void decide(String id) {
    decide(dataplane, id);
  }

  private void decide(Dataplane deciding, String id) {
    RequestRecord record = new RequestRecord();
    record.requestId = id;
    record.explanation = new Explanation();
    Fleet.pool(deciding).choose(Fleet.request(1, 3), 4, 1, StageTimer.NONE, record.explanation);
    telemetry.ended(record);
  }

  @Test
  void diagnosticsAreShown() throws IOException, InterruptedException {
    serve(ROUTE);
    JsonNode first = json("/debug/diagnostics").at("/diagnostics/0");
    assertThat(first.get("subject").textValue()).isEqualTo("ModelRoute default/chat");
    assertThat(first.get("message").textValue()).contains("server");
  }

  @Test
  void aRequestThatNeverEndsLosesItsConnection() throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(20_000);
      client.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }
}
