package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.HostPort;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.xds.translate.EnvoySettings.Body;
import io.ergane.xds.translate.EnvoySettings.Listener;
import io.ergane.xds.translate.EnvoySettings.Scheduler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Envoy does with a translation, a scripted scheduler and engines on loopback. */
@NeedsPart(Part.ENVOY)
class ProfileWithEnvoyTest {
  private static final ObjectName CHAT = new ObjectName("default", "chat");
  private static final String DEAD = "127.0.0.9";
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private final ScriptedScheduler scheduler = new ScriptedScheduler(0);
  private final EchoEngines engines = new EchoEngines("127.0.0.2", "127.0.0.3", "127.0.0.4");
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(scheduler, engines, client));
  private String url = "";
  private Duration schedulerTime = Duration.ofSeconds(20);

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) one.close();
  }

  private EnvoyProcess start(EnvoySettings settings) {
    EnvoySettings here =
        settings
            .withListener(new Listener("127.0.0.1", 0, null))
            .withScheduler(
                new Scheduler(
                    List.of(new HostPort("127.0.0.1", scheduler.port())),
                    null,
                    schedulerTime,
                    Duration.ofMillis(20)));
    List<Endpoint> rows = new ArrayList<>();
    for (String host : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4", DEAD)) {
      rows.add(new Endpoint(new ObjectName("default", host), host, engines.port(), false));
    }
    var endpoints = new TreeMap<>(Map.of(CHAT, new EndpointTable(CHAT, rows)));
    var image = Case.image(Case.pool("chat", TrafficPolicy.DEFAULT));
    var set = EnvoyTranslation.translate(image, endpoints, here);
    EnvoyProcess envoy =
        EnvoyProcess.start(
            folder,
            EnvoyText.yaml(EnvoyText.tree(StaticBootstrap.of(set, 0))),
            "--log-level",
            "error");
    open.add(envoy);
    envoy.awaitReady();
    url = "http://127.0.0.1:" + envoy.listener(EnvoyNames.ERGANE);
    return envoy;
  }

  private String at(String... hosts) {
    return String.join(",", List.of(hosts).stream().map(h -> h + ":" + engines.port()).toList());
  }

  private HttpResponse<String> post(String path, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(30))
            .header("content-type", "application/json")
            .POST(body);
    if (headers.length > 0) request.headers(headers);
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> chat(String body, String... headers)
      throws IOException, InterruptedException {
    return post("/v1/chat/completions", BodyPublishers.ofString(body), headers);
  }

  private static Map<String, Value> metadata(HTTPAccessLogEntry entry, String namespace) {
    return entry
        .getCommonProperties()
        .getMetadata()
        .getFilterMetadataOrDefault(namespace, Struct.getDefaultInstance())
        .getFieldsMap();
  }

  private static String served(HTTPAccessLogEntry entry) {
    return metadata(entry, EnvoyNames.LB_NAMESPACE)
        .getOrDefault(EnvoyNames.SERVED, Value.getDefaultInstance())
        .getStringValue();
  }

  private static double tokens(HTTPAccessLogEntry entry, String key) {
    return metadata(entry, EnvoyNames.USAGE_NAMESPACE)
        .getOrDefault(key, Value.getDefaultInstance())
        .getNumberValue();
  }

  private static String body(boolean modelFirst, int bytes) {
    String prompt = "x".repeat(bytes);
    return modelFirst
        ? "{\"model\":\"m\",\"prompt\":\"" + prompt + "\"}"
        : "{\"prompt\":\"" + prompt + "\",\"model\":\"m\"}";
  }

  @Test
  void thePoolComesFromTheBodyAndTheEngineFromTheMetadata() throws Exception {
    start(EnvoySettings.DEFAULT);
    for (String host : List.of("127.0.0.3", "127.0.0.4", "127.0.0.2")) {
      scheduler.destination = at(host);

      assertThat(chat("{\"model\":\"m\"}").statusCode()).isEqualTo(200);

      assertThat(engines.asked.getLast().engine()).isEqualTo(host);
      HTTPAccessLogEntry entry = scheduler.nextLogged();
      assertThat(served(entry)).isEqualTo(at(host));
      assertThat(entry.getCommonProperties().getUpstreamCluster()).isEqualTo("pool/default/chat");
    }
  }

  @Test
  void usageOfAnAnswerReachesTheAccessLog() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");
    for (String body : List.of("{\"model\":\"m\"}", "{\"model\":\"m\",\"stream\":true}")) {
      assertThat(chat(body, "x-request-id", "mine").statusCode()).isEqualTo(200);

      HTTPAccessLogEntry entry = scheduler.nextLogged();
      assertThat(entry.getRequest().getRequestId()).isEqualTo("mine");
      assertThat(tokens(entry, EnvoyNames.INPUT_TOKENS)).isEqualTo(11);
      assertThat(tokens(entry, EnvoyNames.OUTPUT_TOKENS)).isEqualTo(5);
      assertThat(entry.getCommonProperties().hasTimeToFirstUpstreamRxByte()).isTrue();
    }
  }

  @Test
  void usageOfALongLastEventReachesTheAccessLog() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");

    chat("{\"model\":\"m\",\"stream\":true,\"user\":\"long\"}");

    assertThat(tokens(scheduler.nextLogged(), EnvoyNames.OUTPUT_TOKENS)).isEqualTo(5);
  }

  @Test
  void whatAClientSendsOfOursIsRemovedAndItsSecretsStayHere() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");

    var response =
        chat(
            "{\"model\":\"m\"}",
            EnvoyNames.POOL_HEADER,
            "default/other",
            EnvoyNames.DESTINATION,
            "10.1.1.1:1",
            "x-envoy-max-retries",
            "9",
            "authorization",
            "Bearer secret",
            "x-request-id",
            "123e4567-e89b-12d3-a456-426614174000");

    assertThat(scheduler.seen.getLast().headers())
        .doesNotContainKeys(EnvoyNames.POOL_HEADER, EnvoyNames.DESTINATION, "x-envoy-max-retries")
        .containsEntry("authorization", "Bearer secret");
    assertThat(engines.asked.getLast().headers())
        .doesNotContainKeys(
            EnvoyNames.POOL_HEADER, EnvoyNames.DESTINATION, "authorization", "x-forwarded-for")
        .containsEntry("x-request-id", "123e4567-e89b-12d3-a456-426614174000")
        .containsEntry("content-length", "13");
    assertThat(response.headers().allValues("x-request-id"))
        .containsExactly("123e4567-e89b-12d3-a456-426614174000");
  }

  @Test
  void deadAndBusyEnginesAreFollowedByTheNextOfTheList() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at(DEAD, "127.0.0.4", "127.0.0.2");

    assertThat(chat("{\"model\":\"m\"}").statusCode()).isEqualTo(200);

    assertThat(engines.asked).extracting(EchoEngines.Asked::engine).containsExactly("127.0.0.4");
    HTTPAccessLogEntry entry = scheduler.nextLogged();
    assertThat(entry.getCommonProperties().getUpstreamRequestAttemptCount()).isEqualTo(2);
    assertThat(served(entry)).isEqualTo(at("127.0.0.4"));

    engines.asked.clear();
    scheduler.destination = at("127.0.0.3", "127.0.0.2");
    scheduler.moreHeaders = Map.of("x-envoy-max-retries", "1");
    assertThat(chat("{\"model\":\"m\",\"user\":\"busy\"}").statusCode()).isEqualTo(503);
    assertThat(engines.asked)
        .extracting(EchoEngines.Asked::engine)
        .containsExactly("127.0.0.3", "127.0.0.2");
  }

  @Test
  void errorsOfEnvoysOwnLookLikeOursAndThoseOfTheSchedulerAreLeftAlone() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at(DEAD);
    scheduler.moreHeaders = Map.of("x-envoy-max-retries", "0");

    assertThat(chat("{\"model\":\"m\"}").body()).contains("\"code\":\"upstream_failed\"");
    scheduler.pool = "default/unknown";
    var unknown = post("/v1/messages", BodyPublishers.ofString("{\"model\":\"m\"}"));
    assertThat(unknown.statusCode()).isEqualTo(503);
    assertThat(unknown.body()).contains("overloaded_error");
    scheduler.pool = null;
    var refused = chat("{\"model\":\"m\"}");
    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(refused.body()).isEqualTo("{\"error\":\"mine\"}");
    var large = chat(body(true, 33 * MIB));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(large.body()).contains("exceeds 33554432 bytes");
  }

  @Test
  void withoutASchedulerRequestsAreRefusedInOurShape() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.fails = true;

    var failed = chat("{\"model\":\"m\"}");
    scheduler.close();
    var dead = chat("{\"model\":\"m\"}");

    for (var response : List.of(failed, dead)) {
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("\"code\":\"scheduler_unavailable\"");
      assertThat(response.headers().firstValue("content-type")).contains("application/json");
      assertThat(response.headers().firstValue("retry-after")).contains("1");
      assertThat(response.headers().firstValue("x-request-id")).isPresent();
    }
    assertThat(engines.asked).isEmpty();
  }

  @Test
  void withOnePoolRequestsGoOnWithoutAScheduler() throws Exception {
    start(EnvoySettings.DEFAULT.withFailOpen(true));
    scheduler.close();

    assertThat(chat("{\"model\":\"m\"}").statusCode()).isEqualTo(200);
    assertThat(post("/v1/load_lora_adapter", BodyPublishers.ofString("{}")).statusCode())
        .isEqualTo(404);
    assertThat(post("/metrics", BodyPublishers.ofString("{}")).statusCode()).isEqualTo(503);
    assertThat(engines.asked).hasSize(1);
  }

  @Test
  void bodiesArriveWholeWhereverTheModelIs() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");
    String last = body(false, 5 * MIB);

    assertThat(chat(last).statusCode()).isEqualTo(200);
    assertThat(
            post(
                    "/v1/completions",
                    BodyPublishers.ofInputStream(() ->
                        new java.io.ByteArrayInputStream(
                            last.getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .statusCode())
        .isEqualTo(200);

    assertThat(scheduler.seen)
        .hasSize(2)
        .allMatch(one -> one.whole() && one.bodyBytes() == last.length());
    assertThat(engines.asked)
        .allMatch(one -> one.bodyBytes() == last.length())
        .allMatch(one -> String.valueOf(last.length()).equals(one.headers().get("content-length")));
  }

  @Test
  void aSchedulerGetsTheTimeThatItAsksForBeforeABodyAndForIt() throws Exception {
    schedulerTime = Duration.ofSeconds(1);
    EnvoyProcess envoy = start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");
    scheduler.thinks = Duration.ofSeconds(3);
    String body = body(true, 2 * MIB);

    assertThat(chat(body).statusCode()).isEqualTo(503);
    scheduler.asks = Duration.ofSeconds(60);
    scheduler.holds = Duration.ofSeconds(3);
    assertThat(chat(body).statusCode()).isEqualTo(200);

    assertThat(envoy.stat("http.ergane.ext_proc.message_timeouts")).isEqualTo(1);
    assertThat(envoy.stat("http.ergane.ext_proc.override_message_timeout_received")).isEqualTo(2);
  }

  @Test
  void bodiesInGzipAreUnpackedBeforeTheyAreDecidedAbout() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");
    String plain = body(false, 3 * MIB / 100) + " ".repeat(100);
    byte[] packed = gzip(plain);

    for (BodyPublisher sent :
        List.of(
            BodyPublishers.ofByteArray(packed),
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(packed)))) {
      var response =
          post(
              "/v1/chat/completions",
              sent,
              "content-encoding",
              "gzip",
              "cache-control",
              "no-transform");
      assertThat(response.statusCode()).isEqualTo(200);
    }

    assertThat(scheduler.seen)
        .hasSize(2)
        .allMatch(one -> one.bodyBytes() == plain.length())
        .noneMatch(one -> one.headers().containsKey("content-encoding"));
    assertThat(engines.asked)
        .hasSize(2)
        .allMatch(one -> one.bodyBytes() == plain.length())
        .allMatch(one -> String.valueOf(plain.length()).equals(one.headers().get("content-length")))
        .noneMatch(one -> one.headers().containsKey("content-encoding"))
        .noneMatch(one -> one.headers().containsKey("accept-encoding"));
  }

  @Test
  void bodiesThatUnpackToTooMuchReachNoEngine() throws Exception {
    start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");
    StringBuilder varied = new StringBuilder("{\"model\":\"m\",\"prompt\":\"");
    for (int i = 0; varied.length() < 34 * MIB; i++) varied.append(i);

    var response =
        post(
            "/v1/chat/completions",
            BodyPublishers.ofByteArray(gzip(varied + "\"}")),
            "content-encoding",
            "gzip");

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("exceeds 33554432 bytes");
    assertThat(engines.asked).isEmpty();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  @Test
  void ofLongBodiesTheBeginningIsSentAndTheWholeWhenItDoesNotNameTheModel() throws Exception {
    start(EnvoySettings.DEFAULT.withBody(new Body(32 * MIB, MIB)));
    scheduler.destination = at("127.0.0.2");
    String length = String.valueOf(body(true, 8 * MIB).length());

    assertThat(chat(body(true, 8 * MIB)).statusCode()).isEqualTo(200);
    assertThat(scheduler.seen).hasSize(1);
    assertThat(scheduler.seen.getFirst().whole()).isFalse();
    assertThat(scheduler.seen.getFirst().bodyBytes()).isBetween(MIB, 4 * MIB);

    assertThat(chat(body(false, 8 * MIB)).statusCode()).isEqualTo(200);
    assertThat(scheduler.seen).hasSize(3);
    assertThat(scheduler.seen.get(1).whole()).isFalse();
    assertThat(scheduler.seen.get(2).whole()).isTrue();
    assertThat(scheduler.seen.get(2).headers()).containsEntry(EnvoyNames.BODY_HEADER, "whole");

    assertThat(engines.asked)
        .hasSize(2)
        .allMatch(one -> length.equals(String.valueOf(one.bodyBytes())))
        .allMatch(one -> length.equals(one.headers().get("content-length")))
        .allMatch(one -> !one.headers().containsKey(EnvoyNames.LENGTH_HEADER));
    assertThat(chat(body(false, 33 * MIB)).statusCode()).isEqualTo(413);
    assertThat(chat(body(false, 1000)).statusCode()).isEqualTo(200);
  }

  @Test
  void nothingOfAnAnswerIsSentToTheScheduler() throws Exception {
    EnvoyProcess envoy = start(EnvoySettings.DEFAULT);
    scheduler.destination = at("127.0.0.2");

    assertThat(chat("{\"model\":\"m\",\"stream\":true}").body()).endsWith("data: [DONE]\n\n");

    scheduler.nextLogged();
    assertThat(envoy.stat("http.ergane.ext_proc.streams_started")).isEqualTo(1);
    assertThat(envoy.stat("http.ergane.ext_proc.stream_msgs_sent")).isEqualTo(2);
  }
}
