package io.ergane.api;

import static io.ergane.api.Manifests.problems;
import static io.ergane.api.Manifests.provider;
import static io.ergane.api.Manifests.route;
import static io.ergane.api.Manifests.server;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every phrase of a refusal that tools written for Kthena may look for. */
class AdmissionTest {
  private static final String RULES = "rules: [{targetModels: [{modelServerName: a}]}]\n";

  @Test
  void aRouteNeedsAModelNameOrAdapters() {
    assertThat(problems(route(RULES)))
        .containsExactly("spec: either modelName or loraAdapters must be specified");
    assertThat(problems(route(RULES + "modelName: ''")))
        .containsExactly("spec: either modelName or loraAdapters must be specified");
    assertThat(problems(route(RULES + "loraAdapters: [x]"))).isEmpty();
  }

  @Test
  void anAdapterNeedsAName() {
    assertThat(problems(route(RULES + "loraAdapters: [x, '']")))
        .containsExactly("spec.loraAdapters[1]: lora adapter name cannot be an empty string");
  }

  @Test
  void aRuleNeedsTargets() {
    assertThat(problems(route("modelName: m\nrules: [{name: x}, {targetModels: []}]")))
        .containsExactly(
            "spec.rules[0].targetModels: each rule must have at least one target model",
            "spec.rules[1].targetModels: each rule must have at least one target model");
  }

  @Test
  void rulesAndTargetsAreNotNull() {
    assertThat(problems(route("modelName: m\nrules: [null, {targetModels: [null]}]")))
        .containsExactly(
            "spec.rules[0]: rule must not be nil",
            "spec.rules[1].targetModels[0]: target model must not be nil");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{modelServerName: ''}",
        "{modelServerName: a, externalModelProviderName: b}"
      })
  void aTargetHasExactlyOneDestination(String target) {
    assertThat(problems(route("modelName: m\nrules: [{targetModels: [" + target + "]}]")))
        .containsExactly(
            "spec.rules[0].targetModels[0]: exactly one of modelServerName or"
                + " externalModelProviderName must be set");
  }

  @Test
  void adaptersAreServedByModelServersOnly() {
    String spec =
        """
        loraAdapters: [x]
        rules: [{targetModels: [{externalModelProviderName: p}]}]
        """;

    assertThat(problems(route(spec)))
        .containsExactly(
            "spec.rules[0].targetModels[0].externalModelProviderName: lora routes must target"
                + " modelServerName");
  }

  @Test
  void weightsMustNotAllBeZero() {
    String zero = "modelName: m\nrules: [{targetModels: [{modelServerName: a, weight: 0}%s]}]";

    assertThat(problems(route(zero.formatted(""))))
        .containsExactly("spec.rules[0].targetModels: total weight must be greater than zero");
    assertThat(problems(route(zero.formatted(", {modelServerName: b}")))).isEmpty();
  }

  @Test
  void aBadExpressionIsRefusedWithTheCompilersWords() {
    String spec =
        """
        modelName: m
        rules:
        - modelMatch: {uri: {regex: '['}, headers: {x-user: {regex: '(a'}, ok: {regex: 'a+'}}}
          targetModels: [{modelServerName: a}]
        """;

    assertThat(problems(route(spec)))
        .containsExactly(
            "spec.rules[0].modelMatch.headers[x-user].regex: error parsing regexp: missing closing"
                + " ): `(a`",
            "spec.rules[0].modelMatch.uri.regex: error parsing regexp: missing closing ]: `[`");
  }

  @Test
  void expressionsThatLinearTimeEnginesDoNotKnowAreRefused() {
    String spec =
        """
        modelName: m
        rules:
        - modelMatch: {uri: {regex: '(a)\\1'}, headers: {x: {regex: '(?=a)'}}}
          targetModels: [{modelServerName: a}]
        """;

    assertThat(problems(route(spec))).hasSize(2);
  }

  @Test
  void aServerNeedsASelectorWithLabels() {
    String rest = "inferenceEngine: vLLM\nworkloadPort: {port: 8000}\n";

    assertThat(problems(server(rest)))
        .containsExactly("spec.workloadSelector: workloadSelector must be specified");
    assertThat(problems(server(rest + "workloadSelector: {}")))
        .containsExactly(
            "spec.workloadSelector.matchLabels: labels must contain at least one label");
    assertThat(problems(server(rest + "workloadSelector: {matchLabels: {'a b': 'c/d'}}")))
        .hasSize(2)
        .allSatisfy(
            problem -> assertThat(problem).startsWith("spec.workloadSelector.matchLabels[a b]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "groupKey: '', "})
  void aPrefillDecodeGroupNeedsAKey(String key) {
    String spec =
        """
        inferenceEngine: vLLM
        workloadPort: {port: 8000}
        workloadSelector:
          matchLabels: {app: x}
          pdGroup: {KEYprefillLabels: {role: p}, decodeLabels: {role: d}}
        """;

    assertThat(problems(server(spec.replace("KEY", key))))
        .containsExactly("spec.workloadSelector.pdGroup.groupKey: groupKey must be specified");
  }

  @Test
  void negativeTimesAreRefused() {
    String spec =
        """
        inferenceEngine: vLLM
        workloadPort: {port: 8000}
        workloadSelector: {matchLabels: {app: x}}
        trafficPolicy: {timeout: -1s, retry: {attempts: 1, retryInterval: -2ms}}
        """;

    assertThat(problems(server(spec)))
        .containsExactly(
            "spec.trafficPolicy.timeout: must not be negative, found -1s",
            "spec.trafficPolicy.retry.retryInterval: must not be negative, found -2ms");
  }

  @Test
  void unknownTypesAndSchemesAreAnsweredWithTheKnownOnes() {
    String spec =
        """
        providerType: Gemini
        baseURL: https://example.com
        auth: {scheme: Basic, secretRef: {name: a, key: b}}
        """;

    assertThat(problems(provider(spec)))
        .containsExactly(
            "spec.providerType: Unsupported value: \"Gemini\": supported values: \"OpenAI\","
                + " \"Anthropic\"",
            "spec.auth.scheme: Unsupported value: \"Basic\": supported values: \"Bearer\","
                + " \"APIKey\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://example.com", "example.com", "https://", "https:example.com", "''"})
  void aBaseUrlIsHttps(String url) {
    assertThat(problems(provider("baseURL: " + url)))
        .contains("spec.baseURL: baseURL must use https");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user@example.com",
        "https://user:pw@example.com/v1",
        "https://example.com/v1?x=1",
        "https://example.com?",
        "https://example.com/v1#top"
      })
  void aBaseUrlHasNeitherUserNorQueryNorFragment(String url) {
    assertThat(problems(provider("baseURL: '" + url + "'")))
        .containsExactly("spec.baseURL: baseURL must not contain userinfo, query, or fragment");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https:///v1", "https://:8443/v1", "https://exa mple.com", "https://[::1"})
  void aBaseUrlIsAUrlWithAHost(String url) {
    assertThat(problems(provider("baseURL: '" + url + "'")))
        .singleElement()
        .asString()
        .contains("baseURL must", "https://api.example.com/v1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com",
        "https://10.0.0.1:8443/v1/",
        "https://[::1]:8443",
        "https://a_b"
      })
  void plainHttpsAddressesAreAdmitted(String url) {
    assertThat(problems(provider("baseURL: '" + url + "'"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "'a b'", "'a:'", "'é'"})
  void aHeaderHasAValidName(String name) {
    assertThat(problems(provider(headers(name, "x"))))
        .singleElement()
        .asString()
        .endsWith("]: header name is invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "proxy-authorization",
        "Cookie",
        "X-API-Key",
        "HOST",
        "Content-Length",
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Transfer-Encoding",
        "Upgrade",
        "Trailer",
        "TE"
      })
  void aHeaderOfTheConnectionOrACredentialIsReserved(String name) {
    assertThat(problems(provider(headers(name, "x"))))
        .containsExactly(
            "spec.headers["
                + name
                + "]: header is reserved and cannot be configured as a static header");
  }

  @Test
  void aHeaderValueStaysOnItsLine() {
    assertThat(problems(provider(headers("x", "\"a\\r\\nb: c\""))))
        .containsExactly("spec.headers[x]: header value must not contain CR or LF");
    assertThat(problems(provider(headers("x", "\"a\\0\""))))
        .containsExactly("spec.headers[x]: header value must not contain control characters");
  }

  private static String headers(String name, String value) {
    return "baseURL: https://example.com\nheaders: {" + name + ": " + value + "}";
  }

  @Test
  void aSecretIsNamedWithItsKeyAndNotOptional() {
    String spec = "baseURL: https://example.com\nauth: {secretRef: {optional: true%s}}";

    assertThat(problems(provider(spec.formatted(", key: ''"))))
        .containsExactlyInAnyOrder(
            "spec.auth.secretRef.name: secret name is required",
            "spec.auth.secretRef.key: secret key is required",
            "spec.auth.secretRef.optional: optional must be false or unset");
    assertThat(problems(provider(spec.formatted(", name: a"))))
        .containsExactly("spec.auth.secretRef.key: secret key is required");
  }

  @Test
  void aReportHasOneLinePerFinding() {
    List<Finding> findings = List.of(new Finding("spec.a", "first"), new Finding("", "second"));

    assertThat(Finding.report(findings))
        .isEqualTo("validation failed:\n  - spec.a: first\n  - second");
  }

  @Test
  void checkingTwiceGivesTheSame() {
    Resource resource = Manifests.resource(route("rules: [{targetModels: [{}]}]"));

    assertThat(Admission.check(resource)).hasSize(2).isEqualTo(Admission.check(resource));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(a{1000}[(]b){1000}",
        "([]a(]{100}b){1000}",
        "([[:alpha:](]{100}b){1000}",
        "(a{1000}\\Q(\\Eb){1000}",
        "(a{1000}\\(b){1000}",
        "(\\pL{2,1000}|b){1000,}",
        "((((a{10}){10}){10}){10}){10}"
      })
  void expressionsThatFillTheMemoryAreRefusedBeforeTheyAreCompiled(String regex) {
    assertThat(admit(regex)).singleElement().asString().contains("repeats too much");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "(?:", "(a|", "(a+)+", "[a-z]{9}", "\\", "[", "{", "a{5", "\\Q", "a{,5}"})
  void oddExpressionsNeverThrow(String part) {
    assertThat(admit(part.repeat(1024 / part.length()))).hasSizeLessThan(2);
    assertThat(admit("(".repeat(512) + ")".repeat(512))).hasSizeLessThan(2);
    assertThat(admit(part.repeat(1025))).singleElement().asString().contains("at most 1024");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
        "^/v1/(chat/)?completions$",
        "[]{]{3}",
        "\\Qa{9\\E",
        "x{0,1000}"
      })
  void everydayExpressionsAreAdmitted(String regex) {
    assertThat(admit(regex)).isEmpty();
  }

  private static List<Finding> admit(String regex) {
    var match =
        new ModelRoute.ModelMatch(Map.of(), new ModelRoute.StringMatch(null, null, regex), null);
    var target = new ModelRoute.TargetModel("a", null, 100);
    var rule = new ModelRoute.Rule(null, match, List.of(target));
    var spec = new ModelRoute.Spec("m", List.of(), List.of(), List.of(rule), null);
    return Admission.check(new ModelRoute(ObjectMeta.of("default", "r"), spec));
  }
}
