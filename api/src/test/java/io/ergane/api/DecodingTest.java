package io.ergane.api;

import static io.ergane.api.Manifests.problems;
import static io.ergane.api.Manifests.resource;
import static io.ergane.api.Manifests.route;
import static io.ergane.api.Manifests.server;
import static io.ergane.api.Manifests.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.ModelRoute.RateUnit;
import io.ergane.api.ModelServer.KvConnectorType;
import io.ergane.api.ModelServer.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingTest {
  private static final String RULES =
      "modelName: m\nrules: [{targetModels: [{modelServerName: a}]}]\n";
  private static final String SERVER =
      """
      inferenceEngine: vLLM
      workloadPort: {port: 8000}
      workloadSelector: {matchLabels: {app: x}}
      """;

  @Test
  void missingFieldsOfARouteGetTheirDefaults() {
    ModelRoute route =
        (ModelRoute) resource(route(RULES + "rateLimit: {}\nparentRefs: [{name: g}]"));

    assertThat(route.metadata())
        .isEqualTo(
            new ObjectMeta("sample", "default", Map.of(), Map.of(), null, null, 0, null, null));
    assertThat(route.spec().loraAdapters()).isEmpty();
    assertThat(route.spec().rules().getFirst().targetModels().getFirst().weight()).isEqualTo(100);
    assertThat(Objects.requireNonNull(route.spec().rateLimit()).unit()).isEqualTo(RateUnit.SECOND);
    assertThat(route.spec().parentRefs())
        .containsExactly(
            new ModelRoute.ParentReference(
                "gateway.networking.k8s.io", "Gateway", null, "g", null, null));
  }

  @Test
  void missingFieldsOfAServerGetTheirDefaults() {
    ModelServer server =
        (ModelServer) resource(server(SERVER + "trafficPolicy: {retry: {}}\nkvConnector: {}"));

    assertThat(server.spec().workloadPort().protocol()).isEqualTo(Protocol.HTTP);
    assertThat(server.spec().trafficPolicy())
        .isEqualTo(
            new ModelServer.TrafficPolicy(null, new ModelServer.Retry(0, Duration.ofMillis(100))));
    assertThat(server.spec().kvConnector())
        .isEqualTo(new ModelServer.KvConnector(KvConnectorType.HTTP));
  }

  @Test
  void theSchemeOfAProviderFollowsItsType() {
    var auth =
        new ExternalModelProvider.Auth(
            null, new ExternalModelProvider.SecretKeySelector("a", "b", null));

    assertThat(auth.schemeFor(ExternalModelProvider.ProviderType.OPENAI))
        .isEqualTo(ExternalModelProvider.AuthScheme.BEARER);
    assertThat(auth.schemeFor(ExternalModelProvider.ProviderType.ANTHROPIC))
        .isEqualTo(ExternalModelProvider.AuthScheme.API_KEY);
  }

  @Test
  void nullCountsAsMissing() {
    assertThat(resource(route(RULES + "loraAdapters: null\nrateLimit: null")))
        .isEqualTo(resource(route(RULES)));
    assertThat(problems(route("modelName: m\nrules: null")))
        .containsExactly("spec.rules: must be specified");
  }

  @Test
  void anUnknownFieldIsNamedWithWhatIsAcceptedAndMeant() {
    assertThat(problems(route(RULES + "modelname: x\nzebra: 1")))
        .containsExactly(
            "spec.modelname: unknown field; accepted here: modelName, loraAdapters, parentRefs,"
                + " rules, rateLimit. Did you mean \"modelName\"?",
            "spec.zebra: unknown field; accepted here: modelName, loraAdapters, parentRefs, rules,"
                + " rateLimit");
  }

  /** Neither as missing, nor by a rule that what is meant keeps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modelNmae: m\\nrules: [{targetModels: [{modelServerName: s}]}] | spec.modelNmae",
        "modelName: m\\nruels: [{targetModels: [{modelServerName: s}]}] | spec.ruels",
        "modelName: m\\nrules: [{targetModls: [{modelServerName: s}]}] | spec.rules[0].targetModls",
      })
  void aMisspeltFieldIsReportedOnce(String spec, String field) {
    assertThat(problems(route(spec.translateEscapes())))
        .singleElement()
        .asString()
        .startsWith(field + ": unknown field");
  }

  @Test
  void whatAMisspeltFieldHoldsIsCheckedToo() {
    assertThat(problems(route("modelName: m\nruels: [{targetModels: 3}]")))
        .hasSize(2)
        .contains("spec.ruels[0].targetModels: must be a list, found the number 3");
  }

  @Test
  void anUnknownFieldAtTheRootIsNamed() {
    assertThat(problems(route(RULES) + "\nsepc: {}"))
        .containsExactly(
            "sepc: unknown field; accepted here: metadata, spec, apiVersion, kind, status. Did you"
                + " mean \"spec\"?");
  }

  @Test
  void metadataStatusAndPodsMayHoldFieldsThatAreNotRead() {
    Decoded decoded =
        Decoding.decode(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, finalizers: [a]}
                spec: {containers: [{name: x}], nodeName: n}
                status: {qosClass: Burstable}
                extra: 1
                """));

    assertThat(decoded)
        .isEqualTo(
            new Decoded.Ok(
                new Pod(ObjectMeta.of("default", "p"), new Pod.Spec("n"), Pod.Status.EMPTY)));
    assertThat(resource(route(RULES) + "\nstatus: {anything: [1]}")).isInstanceOf(ModelRoute.class);
  }

  @Test
  void aConditionThatSaysNothingLeavesTheStatusReadable() {
    Resource serving =
        resource(
            """
            apiVersion: workload.serving.volcano.sh/v1alpha1
            kind: ModelServing
            metadata: {name: s}
            spec:
              template:
                roles:
                - name: decode
                  workerReplicas: 0
                  entryTemplate: {spec: {containers: [{name: c}]}}
            status:
              currentRevision: abc
              conditions:
              - {type: Degraded, status: "False", reason: AsExpected, message: "",
                 lastTransitionTime: "2026-01-02T03:04:05Z"}
            """);

    assertThat(((ModelServing) serving).status().currentRevision()).isEqualTo("abc");
  }

  @Test
  void aStatusThatCountsAsEmptySaysWhy() {
    String serving =
        """
        apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: ModelServing
        metadata: {name: s}
        status: {replicas: %s}
        """;

    assertThat(Decoding.unreadableStatus(yaml(serving.formatted("many"))))
        .extracting(Finding::field)
        .containsExactly("status.replicas");
    assertThat(Decoding.unreadableStatus(yaml(serving.formatted("2")))).isEmpty();
    assertThat(Decoding.unreadableStatus(yaml("{kind: Unknown, status: 7}"))).isEmpty();
  }

  @Test
  void aPodNeedsNoSpecAndNoStatus() {
    assertThat(resource("{apiVersion: v1, kind: Pod, metadata: {name: p}}"))
        .isEqualTo(new Pod(ObjectMeta.of("default", "p"), Pod.Spec.EMPTY, Pod.Status.EMPTY));
  }

  @Test
  void everythingWrongIsReportedAtOnce() {
    String spec =
        """
        modelName: 7
        loraAdapters: x
        rules:
        - name: [a]
          modelMatch: {uri: /v1, headers: {a: {exact: true}, b: null}}
          targetModels: [{modelServerName: a, weight: 101}, {modelServerName: b, weight: '5'}]
        rateLimit: {unit: minutes, inputTokensPerUnit: 0, outputTokensPerUnit: 1.5, global: {redis: {}}}
        """;

    assertThat(problems(route(spec)))
        .containsExactly(
            "spec.modelName: must be text, found the number 7; put it in quotes",
            "spec.loraAdapters: must be a list, found \"x\"",
            "spec.rules[0].name: must be text, found a list",
            "spec.rules[0].modelMatch.headers[a].exact: must be text, found true; put it in quotes",
            "spec.rules[0].modelMatch.headers[b]: value must not be nil",
            "spec.rules[0].modelMatch.uri: must be an object, found \"/v1\"",
            "spec.rules[0].targetModels[0].weight: must be from 0 to 100, found 101",
            "spec.rules[0].targetModels[1].weight: must be a whole number from 0 to 100, found"
                + " \"5\"",
            "spec.rateLimit.inputTokensPerUnit: must be at least 1, found 0",
            "spec.rateLimit.outputTokensPerUnit: must be a whole number, at least 1, found the"
                + " number 1.5",
            "spec.rateLimit.unit: Unsupported value: \"minutes\": supported values: \"second\","
                + " \"minute\", \"hour\", \"day\", \"month\". Did you mean \"minute\"?",
            "spec.rateLimit.global.redis.address: must be specified");
  }

  @Test
  void findingsOfTheSchemaAndOfAdmissionComeTogether() {
    assertThat(problems(route("typo: 1\nrules: [{targetModels: [{weight: -1}]}]")))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("spec.typo: unknown field"),
            second -> assertThat(second).endsWith("weight: must be from 0 to 100, found -1"),
            third -> assertThat(third).startsWith("spec: either modelName"),
            fourth -> assertThat(fourth).contains("exactly one of"),
            fifth -> assertThat(fifth).contains("total weight"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workloadPort: {port: 0} | spec.workloadPort.port: must be from 1 to 65535, found 0",
        "workloadPort: {port: 65536} | spec.workloadPort.port: must be from 1 to 65535, found 65536",
        "workloadPort: {port: 99999999999} | spec.workloadPort.port: must be a whole number from 1 to"
            + " 65535, found the number 99999999999",
        "workloadPort: {} | spec.workloadPort.port: must be specified",
        "workloadPort: {port: 80, protocol: HTTP} | spec.workloadPort.protocol: Unsupported value:"
            + " \"HTTP\": supported values: \"http\", \"https\". Did you mean \"http\"?",
        "inferenceEngine: vllm | spec.inferenceEngine: Unsupported value: \"vllm\": supported values:"
            + " \"vLLM\", \"SGLang\", \"Triton\", \"TorchServe\". Did you mean \"vLLM\"?",
        "trafficPolicy: {timeout: 10} | spec.trafficPolicy.timeout: must be a duration such as 500ms,"
            + " 10s or 1m30s, found the number 10",
        "trafficPolicy: {timeout: 10 sec} | spec.trafficPolicy.timeout: must be a duration such as"
            + " 500ms, 10s or 1m30s, found \"10 sec\"",
        "kvConnector: {type: tcp} | spec.kvConnector.type: Unsupported value: \"tcp\": supported"
            + " values: \"http\", \"lmcache\", \"nixl\", \"mooncake\"",
      })
  void valuesOutOfRangeAreNamed(String change, String problem) {
    ObjectNode manifest = (ObjectNode) yaml(server(SERVER));
    manifest.withObject("/spec").setAll((ObjectNode) yaml(change));

    assertThat(problems(manifest.toString())).containsExactly(problem);
  }

  @Test
  void longListsAndTextsAreRefused() {
    String targets = "{modelServerName: a}, ".repeat(17);
    String rules = "{targetModels: [{modelServerName: a}]}, ".repeat(17);

    assertThat(problems(route("modelName: m\nrules: [{targetModels: [" + targets + "]}]")))
        .containsExactly("spec.rules[0].targetModels: must have at most 16 items, found 17");
    assertThat(problems(route("modelName: m\nrules: [" + rules + "]")))
        .containsExactly("spec.rules: must have at most 16 items, found 17");
    assertThat(problems(route(RULES + "loraAdapters: [a,b,c,d,e,f,g,h,i,j,k]")))
        .containsExactly("spec.loraAdapters: must have at most 10 items, found 11");
    assertThat(problems(server(SERVER + "model: " + "é".repeat(257))))
        .containsExactly("spec.model: must be at most 256 characters, found 257");
    assertThat(problems(server(SERVER + "model: " + "𝕏".repeat(256)))).isEmpty();
  }

  @Test
  void reportsAreBoundedHoweverLargeTheObject() {
    ObjectNode manifest = (ObjectNode) yaml(route(RULES));
    for (int i = 0; i < 5000; i++) {
      manifest.withObject("/spec").put("x" + i + "\n".repeat(200), i);
    }

    List<String> problems = problems(manifest.toString());

    assertThat(problems).hasSize(101).last().isEqualTo("4900 more problems are not shown");
    assertThat(problems).allSatisfy(problem -> assertThat(problem).hasSizeLessThan(300));
    assertThat(problems).noneMatch(problem -> problem.contains("\n"));
  }

  @Test
  void anObjectNeedsAName() {
    assertThat(problems(route(RULES).replace("name: sample", "labels: {}")))
        .containsExactly("metadata.name: must be specified");
    assertThat(problems(route(RULES).replace("name: sample", "name: a/b")))
        .singleElement()
        .asString()
        .startsWith("metadata.name: must be at most 253 lower-case letters")
        .endsWith("found \"a/b\"");
  }

  @Test
  void labelsAreTextAndTimesAreTimes() {
    String manifest =
        route(RULES)
            .replace("name: sample", "{name: s, labels: {a: true}, creationTimestamp: soon}");

    assertThat(problems(manifest))
        .containsExactly(
            "metadata.labels[a]: must be text, found true; put it in quotes",
            "metadata.creationTimestamp: must be a time such as 2026-01-31T08:30:00Z, found"
                + " \"soon\"");
  }

  @Test
  void timesMayHaveAnOffset() {
    String manifest =
        route(RULES)
            .replace("name: sample", "{name: s, creationTimestamp: '2026-01-31T10:30:00.5+02:00'}");

    assertThat(resource(manifest).metadata().creationTimestamp())
        .isEqualTo(Instant.parse("2026-01-31T08:30:00.5Z"));
  }

  @ParameterizedTest
  @CsvSource({"v1, ConfigMap", "networking.serving.volcano.sh/v1beta1, ModelRoute", "apps/v1, Pod"})
  void otherKindsAreIgnored(String apiVersion, String kind) {
    JsonNode node =
        JsonNodeFactory.instance.objectNode().put("apiVersion", apiVersion).put("kind", kind);

    assertThat(Decoding.decode(node)).isEqualTo(new Decoded.Ignored(apiVersion, kind));
  }

  @Test
  void whatIsNoObjectIsBroken() {
    assertThat(problems("[1]")).containsExactly("must be an object, found a list");
    assertThat(problems("hello")).containsExactly("must be an object, found \"hello\"");
    assertThat(problems("{kind: Pod}")).containsExactly("apiVersion: must be specified");
    assertThat(problems("{apiVersion: v1, kind: 3}"))
        .containsExactly("kind: must be text, found the number 3");
  }

  @Test
  void aBrokenObjectStillTellsItsKindAndName() {
    Decoded decoded = Decoding.decode(yaml(route("rules: 1")));

    assertThat(decoded)
        .isEqualTo(
            new Decoded.Broken(
                "ModelRoute",
                new ObjectName("default", "sample"),
                List.of(new Finding("spec.rules", "must be a list, found the number 1"))));
  }
}
