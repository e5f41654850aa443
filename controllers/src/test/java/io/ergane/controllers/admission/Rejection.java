package io.ergane.controllers.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

/**
 * An object that must not be admitted.
 *
 * @param webhook asked about it
 * @param manifest YAML
 * @param literal part of the refusal that users of Kthena rely on
 */
record Rejection(Webhook webhook, String manifest, String literal) {

  static List<Rejection> all() {
    return Stream.concat(networking(), WorkloadRejections.all()).toList();
  }

  static Stream<Rejection> networking() {
    return Stream.of(routes(), servers(), providers()).flatMap(rejections -> rejections);
  }

  private static Stream<Rejection> routes() {
    String rules = "rules: [{targetModels: [{modelServerName: a}]}]";
    return Stream.of(
        route("{%s}".formatted(rules), "either modelName or loraAdapters must be specified"),
        route(
            "{loraAdapters: [x, ''], %s}".formatted(rules),
            "lora adapter name cannot be an empty string"),
        route("{modelName: m, rules: [null]}", "rule must not be nil"),
        route(
            "{modelName: m, rules: [{targetModels: []}]}",
            "each rule must have at least one target model"),
        route("{modelName: m, rules: [{targetModels: [null]}]}", "target model must not be nil"),
        route(
            "{modelName: m, rules: [{targetModels: [{weight: 1}]}]}",
            "exactly one of modelServerName or externalModelProviderName must be set"),
        route(
            "{modelName: m, rules: [{targetModels:"
                + " [{modelServerName: a, externalModelProviderName: b}]}]}",
            "exactly one of modelServerName or externalModelProviderName must be set"),
        route(
            "{loraAdapters: [x], rules: [{targetModels: [{externalModelProviderName: b}]}]}",
            "lora routes must target modelServerName"),
        route(
            "{modelName: m, rules: [{targetModels: [{modelServerName: a, weight: 0}]}]}",
            "total weight must be greater than zero"),
        route(
            "{modelName: m, rules: [{modelMatch: {uri: {regex: '['}},"
                + " targetModels: [{modelServerName: a}]}]}",
            "missing closing ]"),
        route(
            "{modelName: m, rules: [{modelMatch: {headers: {x-user: {regex: '(a'}}},"
                + " targetModels: [{modelServerName: a}]}]}",
            "missing closing )"));
  }

  private static Stream<Rejection> servers() {
    String rest = "inferenceEngine: vLLM, workloadPort: {port: 8000}";
    return Stream.of(
        server("{%s}".formatted(rest), "workloadSelector must be specified"),
        server(
            "{%s, workloadSelector: {}}".formatted(rest), "labels must contain at least one label"),
        server(
            "{%s, workloadSelector: {matchLabels: {}}}".formatted(rest),
            "labels must contain at least one label"),
        server(
            "{%s, workloadSelector: {matchLabels: {'a b': c}}}".formatted(rest),
            "spec.workloadSelector.matchLabels[a b]"),
        server(
            "{%s, workloadSelector: {matchLabels: {a: b}, pdGroup: {groupKey: '',".formatted(rest)
                + " prefillLabels: {r: p}, decodeLabels: {r: d}}}}",
            "groupKey must be specified"));
  }

  private static Stream<Rejection> providers() {
    return Stream.of(
        provider("providerType: Gemini", "Unsupported value: \"Gemini\""),
        provider(
            "auth: {scheme: Basic, secretRef: {name: a, key: b}}", "Unsupported value: \"Basic\""),
        provider("baseURL: 'http://example.com'", "baseURL must use https"),
        provider(
            "baseURL: 'https://user@example.com'",
            "baseURL must not contain userinfo, query, or fragment"),
        provider(
            "baseURL: 'https://example.com?x=1'",
            "baseURL must not contain userinfo, query, or fragment"),
        provider(
            "baseURL: 'https://example.com#x'",
            "baseURL must not contain userinfo, query, or fragment"),
        provider("headers: {'a b': c}", "header name is invalid"),
        provider(
            "headers: {X-API-Key: c}",
            "header is reserved and cannot be configured as a static header"),
        provider("headers: {x: \"a\\r\\nb\"}", "header value must not contain CR or LF"),
        provider("auth: {secretRef: {name: '', key: b}}", "secret name is required"),
        provider("auth: {secretRef: {name: a, key: ''}}", "secret key is required"),
        provider(
            "auth: {secretRef: {name: a, key: b, optional: true}}",
            "optional must be false or unset"));
  }

  private static Rejection route(String spec, String literal) {
    return networking(Webhook.MODEL_ROUTE, "ModelRoute", spec, literal);
  }

  private static Rejection server(String spec, String literal) {
    return networking(Webhook.MODEL_SERVER, "ModelServer", spec, literal);
  }

  private static Rejection provider(String fields, String literal) {
    String spec =
        fields.startsWith("baseURL") ? fields : "baseURL: 'https://example.com'\n  " + fields;
    return networking(
        Webhook.EXTERNAL_MODEL_PROVIDER, "ExternalModelProvider", "\n  " + spec, literal);
  }

  private static Rejection networking(Webhook webhook, String kind, String spec, String literal) {
    String manifest =
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: %s
        metadata: {name: refused}
        spec: %s
        """
            .formatted(kind, spec);
    return new Rejection(webhook, manifest, literal);
  }

  /** The same with a part of the manifest replaced. */
  Rejection with(String part, String replacement) {
    assertThat(manifest).contains(part);
    return new Rejection(webhook, manifest.replace(part, replacement), literal);
  }

  @Override
  public String toString() {
    return webhook.resource() + ": " + literal;
  }
}
