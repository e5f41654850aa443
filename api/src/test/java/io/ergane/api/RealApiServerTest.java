package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a Kubernetes API server makes of the definitions in {@code deploy/crds}. */
@NeedsPart(Part.API_SERVER)
class RealApiServerTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();

  private static final String ROLE =
      "{name: decode, workerReplicas: 0, entryTemplate: {spec: {containers: [{name: engine, image: i}]}}}";
  private static final String BACKEND =
      "backend: {name: b, type: vLLM, modelURI: 'hf://a/b', workers: [{type: server}], replicas: 1}";

  static final List<String> examples =
      Manifests.NAMES.stream().filter(name -> !name.equals("pod")).toList();

  /** A manifest that must be refused, and what the API server says. */
  record Refused(String title, String manifest, String words) {
    @Override
    public String toString() {
      return title;
    }
  }

  static final List<Refused> refused =
      List.of(
          new Refused(
              "negative replicas",
              serving("").replace("spec:\n", "spec:\n  replicas: -1\n"),
              "should be a non-negative integer"),
          new Refused(
              "two roles of one name",
              serving("").replace("roles: [", "roles: [" + ROLE + ", "),
              Literals.ROLE_NAMES_UNIQUE),
          new Refused("no role", serving("").replace(ROLE, ""), "at least 1 items"),
          new Refused(
              "a long role name",
              serving("").replace("decode", "decode-decode"),
              "may not be more"),
          new Refused(
              "a policy of no kind",
              serving("  recoveryPolicy: Never\n"),
              "Unsupported value: \"Never\""),
          new Refused(
              "half a share",
              serving("  rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: half}}\n"),
              "maxUnavailable"),
          new Refused(
              "a container without a name",
              serving("").replace("name: engine, ", ""),
              "Required value"),
          new Refused(
              "a policy's metric of two names",
              policy("metrics: [{name: a, metricName: b, targetValue: 1}]"),
              Literals.ONE_METRIC_NAME),
          new Refused(
              "a metric without a quantity",
              policy("metrics: [{name: a, targetValue: lots}]"),
              "targetValue"),
          new Refused(
              "panic without a period",
              policy("behavior: {scaleUp: {panicPolicy: {}}}"),
              "panicPolicy.period: Required value"),
          new Refused(
              "a source of two kinds",
              policy(
                  "homogeneousTarget: {minReplicas: 1, maxReplicas: 1, target: {targetRef: {name: s},"
                      + " metricSources: {m: {pod: {}, prometheus: {serverURL: u, query: q}}}}}"),
              Literals.SOURCES_TWO),
          new Refused(
              "a source of no kind",
              policy(
                  "homogeneousTarget: {minReplicas: 1, maxReplicas: 1, target: {targetRef: {name: s},"
                      + " metricSources: {m: {}}}}"),
              Literals.SOURCE_MISSING),
          new Refused(
              "a ratio of one role",
              policy(
                  "disaggregatedTarget: {targetRef: {name: s}, roles: {a: {minReplicas: 1,"
                      + " maxReplicas: 1}}, ratioConstraint: {numeratorRole: a, denominatorRole: a,"
                      + " minRatio: 1, maxRatio: 1}}"),
              Literals.RATIO_OF_TWO),
          new Refused(
              "three roles",
              policy(
                  "disaggregatedTarget: {targetRef: {name: s}, roles: {a: {minReplicas: 1,"
                      + " maxReplicas: 1}, b: {minReplicas: 1, maxReplicas: 1}, c: {minReplicas: 1,"
                      + " maxReplicas: 1}}}"),
              "roles"),
          new Refused(
              "a binding without target",
              Manifests.workload("AutoscalingPolicyBinding", "policyRef: {name: p}"),
              Literals.ONE_BINDING_TARGET),
          new Refused(
              "a binding with two targets",
              Manifests.workload(
                  "AutoscalingPolicyBinding",
                  """
                  policyRef: {name: p}
                  homogeneousTarget: {target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 1}
                  scalingConfiguration: {target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 1}
                  """),
              Literals.ONE_BINDING_TARGET),
          new Refused("a booster without backend", booster(""), Literals.ONE_BACKEND_FIELD),
          new Refused(
              "a booster of a million and one",
              booster(BACKEND.replace("replicas: 1", "replicas: 1000001")),
              "replicas"),
          new Refused(
              "a booster without replicas",
              booster(BACKEND.replace(", replicas: 1", "")),
              Literals.REPLICAS_MISSING),
          new Refused(
              "a booster with one variable twice",
              booster(BACKEND.replace("}", ", env: [{name: A}, {name: A}]}")),
              "Duplicate value"),
          new Refused(
              "a booster from nowhere",
              booster(BACKEND.replace("hf://a/b", "ftp://a/b")),
              "modelURI"),
          new Refused(
              "a route of neither model nor adapter",
              Manifests.route("rules: [{targetModels: [{modelServerName: a}]}]"),
              Literals.MODEL_NAME_OR_ADAPTERS),
          new Refused(
              "a provider without TLS", Manifests.provider("baseURL: http://a"), "baseURL"));

  private static final ApiServer SERVER = ApiServer.shared();
  private static String namespace = "";

  private static String serving(String fields) {
    return Manifests.workload("ModelServing", "template: {roles: [" + ROLE + "]}") + fields;
  }

  private static String policy(String spec) {
    return Manifests.workload("AutoscalingPolicy", spec);
  }

  private static String booster(String spec) {
    return Manifests.workload("ModelBooster", spec.isEmpty() ? "{}" : spec);
  }

  @BeforeAll
  static void install() {
    SERVER.kubectl("apply", "--server-side", "-f", "../deploy/crds");
    SERVER.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
    namespace = SERVER.namespace("kinds");
  }

  @ParameterizedTest
  @FieldSource("examples")
  void examplesOfEveryKindAndVersionAreStoredAndReadAsTheyAreFromFiles(String name) {
    for (JsonNode document : Manifests.load(name)) {
      Resource read = resource(document);
      JsonNode stored = create(document, "Strict");
      JsonNode rewritten = create(Encoding.toJson(read), "Strict");

      assertThat(normal(stored.path("spec"))).isEqualTo(normal(Encoding.toJson(read).path("spec")));
      assertThat(normal(rewritten.path("spec"))).isEqualTo(normal(stored.path("spec")));
      assertThat(Encoding.toJson(resource(stored)).path("spec"))
          .isEqualTo(Encoding.toJson(read).path("spec"));
    }
  }

  @ParameterizedTest
  @FieldSource("refused")
  void theSchemaRefusesWhatOurOwnCheckRefuses(Refused refused) {
    HttpResponse<String> answer = post(Manifests.yaml(refused.manifest), "dryRun=All");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(json(answer).path("message").asText()).contains(refused.words);
    assertThat(Manifests.problems(refused.manifest)).isNotEmpty();
  }

  @Test
  void fieldsThatMayNotChangeDoNot() {
    JsonNode gang = Manifests.load("model-serving").getFirst();
    JsonNode stored = create(gang, "Strict");
    String path = path(gang) + "/" + stored.at("/metadata/name").asText();

    assertThat(patched(path, "{\"spec\": {\"template\": {\"gangPolicy\": null}}}"))
        .contains("gangPolicy is required once set");
    assertThat(
            patched(
                path,
                "{\"spec\": {\"template\": {\"gangPolicy\": {\"minRoleReplicas\": {\"decode\": 2}}}}}"))
        .contains("minRoleReplicas is immutable");
  }

  @Test
  void aServingIsScaledThroughItsSubresource() {
    JsonNode document = Manifests.load("model-serving-old").getFirst();
    JsonNode stored = create(document, "Strict");
    String path = path(document) + "/" + stored.at("/metadata/name").asText();
    patch(path + "/scale", "{\"spec\": {\"replicas\": 5}}");
    ModelServing scaled = stored(path);
    ModelServing.Status status = status();
    ObjectNode written = NODES.objectNode();
    written.set("status", Encoding.toJson(scaled.withStatus(status)).path("status"));
    patch(path + "/status", written.toString());

    assertThat(scaled.spec().replicas()).isEqualTo(5);
    assertThat(stored(path).status()).isEqualTo(status);
    JsonNode scale = parsed(SERVER.get(path + "/scale"));
    assertThat(scale.at("/status/replicas").asInt()).isEqualTo(2);
    assertThat(scale.at("/status/selector").asText()).isEqualTo("role=entry");
    assertThat(patched(path + "/scale", "{\"spec\": {\"replicas\": -1}}"))
        .contains("should be a non-negative integer");
  }

  private static ModelServing.Status status() {
    return ((ModelServing) resource(Manifests.load("model-serving-status").getFirst())).status();
  }

  private static ModelServing stored(String path) {
    return (ModelServing) resource(parsed(SERVER.get(path)));
  }

  private static Resource resource(JsonNode node) {
    return switch (Decoding.decodeStored(node)) {
      case Decoded.Ok ok -> ok.resource();
      case Decoded.Broken broken -> throw new AssertionError(broken);
      case Decoded.Ignored ignored -> throw new AssertionError(ignored);
    };
  }

  /** The object as stored, under a name that the server makes up. */
  private static JsonNode create(JsonNode document, String validation) {
    HttpResponse<String> answer = post(document, "fieldValidation=" + validation);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer);
  }

  private static HttpResponse<String> post(JsonNode document, String query) {
    ObjectNode copy = document.deepCopy();
    copy.remove("status");
    copy.putObject("metadata").put("generateName", "example-");
    String path = path(document) + "?" + query;
    return SERVER.send("POST", path, "application/json", copy.toString());
  }

  private static String path(JsonNode document) {
    String plural =
        document.path("kind").asText().toLowerCase(Locale.ROOT).replaceFirst("y$", "ie") + "s";
    return "/apis/%s/namespaces/%s/%s"
        .formatted(document.path("apiVersion").asText(), namespace, plural);
  }

  private static void patch(String path, String body) {
    HttpResponse<String> answer = SERVER.send("PATCH", path, "application/merge-patch+json", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String patched(String path, String body) {
    HttpResponse<String> answer = SERVER.send("PATCH", path, "application/merge-patch+json", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    return json(answer).path("message").asText();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return parsed(answer.body());
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Without what is empty, and with one spelling for each duration and number. */
  private static JsonNode normal(JsonNode node) {
    if (node.isObject()) {
      ObjectNode copy = NODES.objectNode();
      node.properties().stream()
          .filter(entry -> !empty(normal(entry.getValue())))
          .forEach(entry -> copy.set(entry.getKey(), normal(entry.getValue())));
      return copy;
    }
    if (node.isArray()) {
      return NODES
          .arrayNode()
          .addAll(
              Stream.of(JSON.convertValue(node, JsonNode[].class))
                  .map(RealApiServerTest::normal)
                  .toList());
    }
    var duration = GoDuration.tryParse(node.asText());
    return NODES.textNode(duration == null ? node.asText() : duration.toString());
  }

  private static boolean empty(JsonNode node) {
    return node.isContainerNode() ? node.isEmpty() : node.asText().isEmpty();
  }
}
