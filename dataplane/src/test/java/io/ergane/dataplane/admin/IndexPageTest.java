package io.ergane.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.StageTimer;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Fleet;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.RouterTelemetry;
import io.ergane.testkit.Browser;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexPageTest {
  private static final ObjectName CHAT = new ObjectName("default", "chat");
  private static final String MARKUP = "<b id=injected>bold</b>";

  private final Dataplane dataplane = new Dataplane(Fleet.settings(8, 1 << 12), () -> 0);
  private final DecisionLog decisions = new DecisionLog(64, 100);
  private final HttpClient client = HttpClient.newHttpClient();
  private Map<String, AdminServer.Page> pages = Map.of();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    pages = DebugPages.withIndex(DebugPages.all(dataplane, decisions, () -> "metric 1\n"));
    server = new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A canary with a header rule over a pool of two, the second of which is ejected. */
  private void serve(String model) {
    Compilation fleet = Fleet.of(Fleet.endpoints(2));
    TreeMap<String, StringMatch> headers = new TreeMap<>();
    headers.put("user-type", new StringMatch.Exact("premium"));
    Target pool = new Target.Server(Fleet.POOL);
    Target gone = new Target.Server(new ObjectName("default", "gone"));
    Rule rule =
        new Rule(
            "canary",
            headers,
            null,
            null,
            List.of(new WeightedTarget(pool, 30), new WeightedTarget(gone, 10)));
    Route route = new Route(CHAT, model, List.of("adapter"), false, List.of(rule), null);
    List<Pool> pools = List.copyOf(fleet.image().pools().values());
    RoutingImage image =
        new RoutingImage(List.of(route), pools, new TreeSet<>(), SchedulingProfile.DEFAULT);
    Diagnostic missing =
        new Diagnostic(
            Diagnostic.Severity.WARNING, "target-missing", "ModelRoute", "a.yaml:7", "is missing");
    dataplane.apply(new Compilation(image, fleet.endpoints(), List.of(missing), Map.of()));
  }

  private void decide(String id, String model) {
    RequestRecord record = new RequestRecord();
    record.requestId = id;
    record.model = model;
    record.status = 200;
    record.explanation = new Explanation();
    Hold hold =
        (Hold)
            Fleet.pool(dataplane).choose(Fleet.REQUEST, 4, 1, StageTimer.NONE, record.explanation);
    for (int i = 0; i < 3; i++) {
      hold.failed();
    }
    new RouterTelemetry(
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), null, decisions, () -> 0)
        .ended(record);
  }

  @Test
  void everyPageIsLinkedAndEveryLinkAnswers() throws IOException, InterruptedException {
    HttpResponse<String> index = get("/");
    assertThat(index.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    List<String> links =
        Pattern.compile("href=\"(/[^\"]+)\"")
            .matcher(index.body())
            .results()
            .map(result -> result.group(1))
            .toList();
    for (String page : pages.keySet()) {
      assertThat(links).anyMatch(link -> (link + "/").startsWith(page));
    }
    for (String link : links) {
      assertThat(get(link).statusCode()).as(link).isEqualTo(200);
    }
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws IOException, InterruptedException {
    assertThat(get("/").body())
        .doesNotContain("http:", "https:", "src=", "@import", "url(")
        .contains("default-src 'none'");
  }

  @Test
  void theOverviewShowsRoutesPoolsAndTheNewestDecisionsWithoutTheirColumns()
      throws IOException, InterruptedException {
    serve("chat");
    for (int i = 0; i < 30; i++) {
      decide("request-" + i, "chat");
    }
    JsonNode overview = new ObjectMapper().readTree(get("/debug/overview").body());
    assertThat(overview.get("image").textValue()).isEqualTo(dataplane.state().image().hash());
    assertThat(overview.at("/routes/0/rules/0"))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"name": "canary", "when": ["header user-type is \\"premium\\""],
                     "targets": [{"server": "default/pool", "percent": 75},
                                 {"server": "default/gone", "percent": 25}]}
                    """));
    assertThat(overview.at("/pools/0/name").textValue()).isEqualTo("default/pool");
    assertThat(overview.at("/pools/0/endpoints").intValue()).isEqualTo(2);
    assertThat(overview.get("decisions")).hasSize(20);
    assertThat(overview.at("/decisions/0/requestId").textValue()).isEqualTo("request-29");
    assertThat(overview.at("/decisions/0").has("endpoints")).isFalse();
  }

  @Test
  @NeedsPart(Part.BROWSER)
  void aBrowserShowsWhatIsInForceAndTakesNamesAsText() throws Exception {
    serve(MARKUP);
    decide("request-1", MARKUP);
    String page = Browser.shown(url("/"));
    assertThat(page)
        .contains(dataplane.state().image().hash())
        .contains(">default/chat</a>", "header user-type is \"premium\"")
        .contains("127.0.0.0:8000", "127.0.0.1:8000", "ejected, 5 s left", "in rotation")
        .contains("href=\"/debug/decisions/request-1\"")
        .contains("a.yaml:7", "is missing")
        .contains("&lt;b id=injected&gt;")
        .doesNotContain(MARKUP);
  }

  /** Three windows of different widths, and what in them is wider than its place. */
  private static final String WINDOWS =
      """
      <!doctype html>
      <iframe style="width: 400px" src="/"></iframe>
      <iframe style="width: 800px" src="/"></iframe>
      <iframe style="width: 1200px" src="/"></iframe>
      <pre id="found"></pre>
      <div><script>
      const frames = [...document.querySelectorAll("iframe")];
      const ready = page => page && page.querySelector("#state")?.textContent.startsWith("refreshed");
      const cards = frame => frame.clientWidth < 960 ? [...frame.contentDocument.querySelectorAll(".card")] : [];
      const timer = setInterval(() => {
        if (!frames.every(frame => ready(frame.contentDocument))) return;
        clearInterval(timer);
        document.getElementById("found").textContent = frames.map(frame =>
          frame.contentWindow.innerWidth + "[" + [frame.contentDocument.documentElement, ...cards(frame)]
            .filter(box => box.scrollWidth > box.clientWidth).map(box => box.id || box.tagName) + "]").join(" ");
      }, 50);
      </script></div>
      """;

  @Test
  @NeedsPart(Part.BROWSER)
  void nothingHidesBeyondTheEdgeOfANarrowWindow() throws Exception {
    serve("vendor/a-model-with-a-long-name-7B-instruct");
    decide("request-1", "vendor/a-model-with-a-long-name-7B-instruct");
    server.close();
    pages.put("/windows", AdminServer.single(AdminServer.Answer.html(WINDOWS)));
    server = new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages);

    assertThat(Browser.shown(url("/windows")))
        .contains("<pre id=\"found\">400[] 800[] 1200[]</pre>");
  }

  @Test
  void thePagesOfAProcessWithoutAnIndexAreListedWithTheirLinks() throws Exception {
    server.close();
    pages = DebugPages.ofControlPlane(() -> dataplane.state().compilation(), () -> "metric 1\n");
    pages.put("/debug/below/", _ -> AdminServer.Answer.text("below"));
    server = new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages);

    String index = get("/").body();

    assertThat(index)
        .contains(
            "<a href=\"/debug/diagnostics\">/debug/diagnostics</a>",
            "<a href=\"/debug/image\">/debug/image</a>",
            "<a href=\"/metrics\">/metrics</a>",
            "/debug/below/…")
        .contains("default-src 'none'");
    assertThat(get("/debug/").body()).isEqualTo(index);
    assertThat(get("/debug/nothing").statusCode()).isEqualTo(404);
  }
}
