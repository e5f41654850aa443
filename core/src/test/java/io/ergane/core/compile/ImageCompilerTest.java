package io.ergane.core.compile;

import static io.ergane.core.compile.Manifests.compile;
import static io.ergane.core.compile.Manifests.manifest;
import static io.ergane.core.compile.Manifests.name;
import static io.ergane.core.compile.Manifests.pod;
import static io.ergane.core.compile.Manifests.readyPod;
import static io.ergane.core.compile.Manifests.route;
import static io.ergane.core.compile.Manifests.server;
import static io.ergane.core.compile.Manifests.simpleRoute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ModelRoute;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RouteQuery;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.TrafficPolicy;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ImageCompilerTest {

  @Test
  void aRouteItsServerAndItsPodsBecomeAnImageWithEndpoints() {
    Compilation compiled =
        compile(
            simpleRoute(1, "chat", "llama", "llama-8b"),
            server(2, "llama-8b", ", model: 'meta/llama'"),
            readyPod(3, "llama-1", "llama-8b", "10.0.0.2"),
            readyPod(4, "llama-0", "llama-8b", "10.0.0.1"),
            readyPod(5, "other", "qwen", "10.0.0.3"));

    assertThat(compiled.diagnostics()).isEmpty();
    Pool pool = pool(compiled, "llama-8b");
    assertThat(pool.model()).isEqualTo("meta/llama");
    assertThat(pool.engine()).isEqualTo(InferenceEngine.VLLM);
    assertThat(pool.traffic()).isEqualTo(TrafficPolicy.DEFAULT);
    assertThat(target(compiled, query("llama"))).isEqualTo(new Target.Server(name("llama-8b")));
    assertThat(endpoints(compiled, "llama-8b"))
        .isEqualTo("default/llama-0@10.0.0.1:8000 default/llama-1@10.0.0.2:8000");
  }

  @Test
  void aBrokenObjectKeepsItsLastGoodFormUntilItIsGone() {
    Sighting server = server(2, "a", "");
    Compilation good = compile(simpleRoute(1, "chat", "llama", "a"), server);
    Sighting typo =
        route(1, "chat", "{modelNam: 'x', rules: [{targetModels: [{modelServerName: 'a'}]}]}");

    Compilation broken = compile(good, typo, server);

    assertThat(broken.image()).isSameAs(good.image());
    assertThat(errors(broken)).contains("modelNam").contains("stays in effect as it was before");
    Compilation stillBroken = compile(broken, typo, server);
    assertThat(stillBroken.image()).isSameAs(good.image());
    assertThat(compile(stillBroken, server).image().routes()).isEmpty();
  }

  @Test
  void aBrokenObjectWithoutAGoodFormIsLeftOutAndNamedWhereItIsMissed() {
    Sighting bad = server(2, "a", ", modle: 'x'");

    Compilation compiled = compile(simpleRoute(1, "chat", "llama", "a"), bad, server(3, "b", ""));

    assertThat(compiled.image().pools()).containsOnlyKeys(name("b"));
    assertThat(errors(compiled)).contains("ModelServer default/a").contains("is not in effect");
    assertThat(diagnostic(compiled, "target-missing").message())
        .contains("ModelServer default/a is not in effect; see its own findings");
  }

  @Test
  void anObjectThatAdmissionRefusesIsBroken() {
    Compilation compiled =
        compile(
            route(
                1,
                "chat",
                "{modelName: 'm', rules: [{modelMatch: {uri: {regex: '(' }}, targetModels: [{modelServerName: 'a'}]}]}"));

    assertThat(compiled.image().routes()).isEmpty();
    assertThat(errors(compiled)).contains("spec.rules[0].modelMatch.uri.regex");
  }

  @Test
  void ofTwoObjectsOfOneNameTheOlderIsInForce() {
    Compilation compiled =
        compile(
            simpleRoute(7, "chat", "young", "a"),
            simpleRoute(3, "chat", "old", "a"),
            server(1, "a", ""),
            readyPod(2, "p", "a", "10.0.0.1"));

    assertThat(compiled.image().modelNames()).containsExactly("old");
    Diagnostic duplicate = diagnostic(compiled, "duplicate");
    assertThat(duplicate.severity()).isEqualTo(Severity.ERROR);
    assertThat(duplicate.source()).isEqualTo("all.yaml:7");
    assertThat(duplicate.message())
        .startsWith("is declared elsewhere too, and this declaration is ignored")
        .contains("the one in all.yaml:3 comes first and is in effect");
  }

  @Test
  void routesAreTriedByAgeThenResourceVersionAsTextThenName() {
    Compilation compiled =
        compile(
            versioned(5, "d", "10"),
            versioned(5, "c", "9"),
            versioned(5, "b", "10"),
            versioned(4, "z", "99"));

    assertThat(compiled.image().routes())
        .extracting(route -> route.name().name())
        .containsExactly("z", "b", "d", "c");
  }

  @Test
  void matchesAreCompiledWithTheFirstFieldPresentAndLowerCaseHeaderNames() {
    Compilation compiled =
        compile(
            route(
                1,
                "chat",
                """
                {modelName: 'm', rules: [{name: 'r', modelMatch: {
                   headers: {'X-Tier': {prefix: 'gold', regex: 'x'}, 'x-any': {}},
                   uri: {regex: '/v1/.*s$'}, body: {model: 'm'}},
                 targetModels: [{modelServerName: 'a', weight: 30}, {modelServerName: 'b', weight: 70}]}]}
                """));

    var rule = compiled.image().routes().getFirst().rules().getFirst();
    assertThat(rule.headers())
        .isEqualTo(
            Map.of("x-tier", new StringMatch.Prefix("gold"), "x-any", new StringMatch.Anything()));
    assertThat(Objects.requireNonNull(rule.uri()).matches("/v1/chat/completions")).isTrue();
    assertThat(rule.uri().matches("/v1/chat")).isFalse();
    assertThat(rule.bodyModel()).isEqualTo("m");
    assertThat(rule.targets()).extracting("weight").containsExactly(30, 70);
  }

  @Test
  void twoSpellingsOfOneHeaderAreDiagnosed() {
    Compilation compiled =
        compile(
            route(
                1,
                "chat",
                "{modelName: 'm', rules: [{modelMatch: {headers: {'X-A': {exact: '1'}, 'x-a': {exact: '2'}}}, targetModels: [{modelServerName: 'a'}]}]}"));

    var rule = compiled.image().routes().getFirst().rules().getFirst();
    assertThat(rule.headers()).isEqualTo(Map.of("x-a", new StringMatch.Exact("1")));
    assertThat(diagnostic(compiled, "header-twice").severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void aMissingTargetLeavesTheRouteInForceAndNamesWhatExists() {
    Compilation compiled =
        compile(
            simpleRoute(1, "chat", "llama", "lama"), server(2, "llama", ""), server(3, "qwen", ""));

    Diagnostic missing = diagnostic(compiled, "target-missing");
    assertThat(missing.severity()).isEqualTo(Severity.WARNING);
    assertThat(missing.message())
        .startsWith("spec.rules[0].targetModels[0].modelServerName: ")
        .contains("ModelServer default/lama does not exist; namespace default has llama, qwen");
    assertThat(target(compiled, query("llama"))).isEqualTo(new Target.Server(name("lama")));
  }

  @Test
  void whatIsNotBuiltYetIsMarkedAndDiagnosed() {
    Compilation compiled =
        compile(
            route(
                1,
                "limited",
                "{modelName: 'm', rateLimit: {inputTokensPerUnit: 1}, rules: [{targetModels: [{externalModelProviderName: 'p'}]}]}"),
            pdServer());

    assertThat(onlyRoute(compiled).unsupported()).isEqualTo("spec.rateLimit");
    assertThat(pool(compiled, "pd").unsupported()).isEqualTo("spec.workloadSelector.pdGroup");
    assertThat(compiled.diagnostics())
        .filteredOn(d -> d.code().equals("unsupported"))
        .allMatch(d -> d.message().contains("501"))
        .hasSize(3);
  }

  @Test
  void aRouteOfAGatewayIsMarkedAndDiagnosed() {
    Compilation compiled =
        compile(
            route(
                1,
                "g",
                "{modelName: 'm', parentRefs: [{name: 'gw'}], rules: [{targetModels: [{modelServerName: 'a'}]}]}"));

    assertThat(onlyRoute(compiled).gatewayBound()).isTrue();
    assertThat(diagnostic(compiled, "gateway-bound").severity()).isEqualTo(Severity.WARNING);
    assertThat(compiled.image().match(query("m"), 0)).isNull();
  }

  @Test
  void retriesCountAttemptsAfterTheFirst() {
    Compilation compiled =
        compile(
            server(
                1,
                "a",
                ", trafficPolicy: {timeout: '10s', retry: {attempts: 2, retryInterval: '250ms'}}"),
            server(2, "b", ", trafficPolicy: {retry: {attempts: 0}}"),
            server(3, "c", ", trafficPolicy: {timeout: '1us'}, kvConnector: {type: 'nixl'}"));

    assertThat(pool(compiled, "a").traffic()).isEqualTo(new TrafficPolicy(10_000, 3, 250));
    assertThat(pool(compiled, "b").traffic()).isEqualTo(new TrafficPolicy(0, 1, 100));
    assertThat(pool(compiled, "c").traffic()).isEqualTo(new TrafficPolicy(1, 5, 0));
  }

  @Test
  void onlyUsablePodsBecomeEndpoints() {
    Compilation compiled =
        compile(
            server(1, "a", ""),
            pod(2, "bare", "a", "{podIP: '10.0.0.1'}"),
            pod(3, "pending", "a", "{podIP: '10.0.0.2', phase: 'Pending'}"),
            pod(
                4,
                "unready",
                "a",
                "{podIP: '10.0.0.3', phase: 'Running', conditions: [{type: 'Ready', status: 'False'}]}"),
            pod(5, "unaddressed", "a", "{phase: 'Running'}"),
            manifest(
                6,
                "{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'leaving', labels: {app: 'a'}, deletionTimestamp: '2026-01-01T00:00:00Z'}, status: {podIP: '10.0.0.4'}}"),
            manifest(
                15,
                "{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'drained', labels: {app: 'a'}, annotations: {'ergane.io/draining': '2026-01-01T00:00:00Z'}}, status: {podIP: '10.0.0.5'}}"),
            manifest(
                7,
                "{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'foreign', namespace: 'team-b', labels: {app: 'a'}}, status: {podIP: '10.0.0.5'}}"));

    assertThat(endpoints(compiled, "a")).isEqualTo("default/bare@10.0.0.1:8000");
    assertThat(compiled.diagnostics()).isEmpty();
  }

  @Test
  void aPoolWithoutUsablePodsSaysWhyAndHasAnEmptyTable() {
    Compilation compiled =
        compile(
            server(1, "a", ""),
            server(2, "b", ""),
            pod(3, "p", "a", "{podIP: '10.0.0.2', phase: 'Pending'}"));

    assertThat(compiled.endpoints()).containsOnlyKeys(name("a"), name("b"));
    assertThat(endpoints(compiled, "a")).isEmpty();
    assertThat(compiled.diagnostics())
        .allMatch(d -> d.code().equals("pool-empty") && d.severity() == Severity.WARNING)
        .extracting(Diagnostic::message)
        .anyMatch(message -> message.contains("Pod default/p is in phase Pending"))
        .anyMatch(message -> message.contains("no Pod in namespace default carries these labels"));
  }

  @Test
  void anEndpointAnnotationStandsBeforePodAddressAndServerPort() {
    Compilation compiled =
        compile(
            server(1, "a", ""),
            annotated(2, "tls", "https://engine.example:8443"),
            annotated(3, "v6", "http://[::1]:9000/"));

    assertThat(compiled.endpoints().get(name("a")))
        .satisfies(table -> {
          assertThat(table.rows()).extracting("tls").containsExactly(true, false);
          assertThat(table.rows())
              .extracting("host", "port")
              .containsExactly(tuple("engine.example", 8443), tuple("::1", 9000));
        });
  }

  @Test
  void aBrokenEndpointAnnotationKeepsTheAddressBefore() {
    Sighting server = server(1, "a", "");
    Compilation good = compile(server, annotated(2, "p", "http://10.0.0.1:1"));

    Compilation broken = compile(good, server, annotated(2, "p", "10.0.0.1:2"));

    assertThat(broken.endpoints()).isEqualTo(good.endpoints());
    assertThat(errors(broken)).contains("found '10.0.0.1:2'").contains("http://HOST:PORT");
    assertThat(endpoints(compile(server, annotated(2, "p", "ftp://h:1")), "a")).isEmpty();
  }

  @Test
  void findingsCarryTheLineOfTheirFieldOrOfTheNearestAroundIt() {
    String json =
        "{apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelRoute', metadata: {name: 'r'}, spec: {modelName: 'm', rules: [{targetModels: [{modelServerName: 'a'}, {modelServerName: 'b'}]}]}}";
    Sighting route =
        manifest(
            1,
            json,
            Map.of(
                "spec.rules.0.targetModels", 8, "spec.rules.0.targetModels.1.modelServerName", 11));

    assertThat(compile(route).diagnostics())
        .extracting(Diagnostic::source)
        .containsExactlyInAnyOrder("all.yaml:8", "all.yaml:11");
  }

  private static Sighting pdServer() {
    return manifest(
        2,
        """
        {apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelServer',
         metadata: {name: 'pd'},
         spec: {inferenceEngine: 'vLLM', workloadPort: {port: 8000},
           workloadSelector: {matchLabels: {app: 'pd'},
             pdGroup: {groupKey: 'g', prefillLabels: {r: 'p'}, decodeLabels: {r: 'd'}}}}}
        """);
  }

  private static Sighting versioned(long age, String name, String version) {
    Sighting sighting = simpleRoute(age, name, "m", "a");
    var route = (ModelRoute) Objects.requireNonNull(sighting.resource());
    var metadata = route.metadata().withCreation(Instant.ofEpochSecond(age), version);
    return Sighting.of(new ModelRoute(metadata, route.spec()), age, "");
  }

  private static Sighting annotated(long age, String name, String endpoint) {
    return manifest(
        age,
        "{apiVersion: 'v1', kind: 'Pod', metadata: {name: '%s', labels: {app: 'a'}, annotations: {'ergane.io/endpoint': '%s'}}}"
            .formatted(name, endpoint));
  }

  private static Pool pool(Compilation compiled, String name) {
    return Objects.requireNonNull(compiled.image().pool(name(name)));
  }

  private static Route onlyRoute(Compilation compiled) {
    return compiled.image().routes().getFirst();
  }

  private static Target target(Compilation compiled, RouteQuery query) {
    return Objects.requireNonNull(compiled.image().match(query, 0)).target();
  }

  private static String endpoints(Compilation compiled, String pool) {
    return String.join(
        " ",
        Objects.requireNonNull(compiled.endpoints().get(name(pool))).rows().stream()
            .map(Object::toString)
            .toList());
  }

  private static String errors(Compilation compiled) {
    return String.join(
        "\n",
        compiled.diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .map(Diagnostic::toString)
            .toList());
  }

  private static Diagnostic diagnostic(Compilation compiled, String code) {
    return compiled.diagnostics().stream()
        .filter(d -> d.code().equals(code))
        .findFirst()
        .orElseThrow(() -> new AssertionError(code + " is not among " + compiled.diagnostics()));
  }

  private static RouteQuery query(String model) {
    return new RouteQuery() {
      @Override
      public String model() {
        return model;
      }

      @Override
      public String path() {
        return "/v1/chat/completions";
      }

      @Override
      public @Nullable String header(String lowerCaseName) {
        return null;
      }
    };
  }
}
