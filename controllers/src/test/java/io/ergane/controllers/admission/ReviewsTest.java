package io.ergane.controllers.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.ergane.api.ObjectName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: r}
      spec: {modelName: m, rules: [{targetModels: [{modelServerName: a}]}]}
      """;
  private static final String BAD_ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: r}
      spec: {rules: [{targetModels: [{weight: 3}]}]}
      """;

  private final Reviews reviews = new Reviews(EnumSet.allOf(Webhook.class), Neighbours.ALL);

  static List<Rejection> rejections() {
    return Rejection.all();
  }

  @ParameterizedTest
  @MethodSource("rejections")
  void whatKthenaRefusesIsRefusedInItsWords(Rejection rejection) throws IOException {
    JsonNode response = review(rejection.webhook(), "CREATE", rejection.manifest());

    assertThat(response.path("allowed").booleanValue()).isFalse();
    assertThat(response.at("/status/message").textValue())
        .startsWith("validation failed:\n  - ")
        .contains(rejection.literal());
  }

  @Test
  void everythingWrongIsSaidAtOnce() throws IOException {
    JsonNode response = review(Webhook.MODEL_ROUTE, "UPDATE", BAD_ROUTE);

    assertThat(response.at("/status/message").textValue())
        .isEqualTo(
            """
            validation failed:
              - spec: either modelName or loraAdapters must be specified
              - spec.rules[0].targetModels[0]: exactly one of modelServerName or \
            externalModelProviderName must be set\
            """);
  }

  @Test
  void aGoodObjectIsAdmittedWithTheUidOfItsReview() throws IOException {
    JsonNode answer = JSON.readTree(post(Webhook.MODEL_ROUTE, text("CREATE", ROUTE)).body());

    assertThat(answer)
        .isEqualTo(
            JSON.readTree(
                """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                 "response": {"uid": "u-1", "allowed": true}}
                """));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "CONNECT"})
  void onlyWhatIsCreatedOrChangedIsLookedAt(String operation) throws IOException {
    assertThat(review(Webhook.MODEL_ROUTE, operation, BAD_ROUTE).path("allowed").booleanValue())
        .isTrue();
  }

  @Test
  void aDeleteHasNoObject() throws IOException {
    ObjectNode review = text("DELETE", ROUTE);
    ((ObjectNode) review.path("request")).putNull("object");

    assertThat(post(Webhook.MODEL_ROUTE, review).body()).contains("\"allowed\":true");
  }

  @Test
  void anObjectOnItsWayOutMayStillLoseItsFinalizers() throws IOException {
    String leaving =
        BAD_ROUTE.replace("{name: r}", "{name: r, deletionTimestamp: 2026-01-01T00:00:00Z}");

    assertThat(review(Webhook.MODEL_ROUTE, "UPDATE", leaving).path("allowed").booleanValue())
        .isTrue();
  }

  @Test
  void subresourcesAreNotLookedAt() throws IOException {
    ObjectNode review = text("UPDATE", BAD_ROUTE);
    ((ObjectNode) review.path("request")).put("subResource", "status");

    assertThat(post(Webhook.MODEL_ROUTE, review).body()).contains("\"allowed\":true");
  }

  @Test
  void unknownKindsAreAdmitted() throws IOException {
    String other = ROUTE.replace("ModelRoute", "ModelTeapot");

    assertThat(review(Webhook.MODEL_ROUTE, "CREATE", other).path("allowed").booleanValue())
        .isTrue();
  }

  @Test
  void anObjectWhoseNameIsYetToBeMadeIsAdmitted() throws IOException {
    String unnamed = ROUTE.replace("name: r", "generateName: r-");

    assertThat(review(Webhook.MODEL_ROUTE, "CREATE", unnamed).path("allowed").booleanValue())
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(value = Webhook.class, mode = EnumSource.Mode.MATCH_ANY, names = ".*DEFAULTS")
  void whatMayChangeAnObjectAnswersWithAPatchAndRefusesNothing(Webhook webhook) throws IOException {
    JsonNode response = review(webhook, "CREATE", BAD_ROUTE);

    assertThat(response.path("allowed").booleanValue()).isTrue();
    assertThat(response.path("patchType").textValue()).isEqualTo("JSONPatch");
    assertThat(new String(response.path("patch").binaryValue(), StandardCharsets.UTF_8))
        .isEqualTo("[]");
  }

  @Test
  void aPolicyWithoutPaceGetsTheUsualOne() throws IOException {
    String policy =
        """
        apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: AutoscalingPolicy
        metadata: {name: p}
        spec: {metrics: [{name: m, targetValue: 1}]}
        """;

    JsonNode response = review(Webhook.AUTOSCALING_POLICY_DEFAULTS, "CREATE", policy);

    JsonNode patch = JSON.readTree(response.path("patch").binaryValue());
    assertThat(patch).hasSize(1);
    assertThat(patch.at("/0/op").asText()).isEqualTo("add");
    assertThat(patch.at("/0/path").asText()).isEqualTo("/spec/behavior");
    assertThat(patch.at("/0/value/scaleDown/stabilizationWindow").asText()).startsWith("5m");
  }

  @Test
  void fieldsOfANewerDefinitionAreWarnedOfAndAdmitted() throws IOException {
    String newer = ROUTE.replace("modelName: m", "modelName: m, colour: red");

    JsonNode response = review(Webhook.MODEL_ROUTE, "CREATE", newer);

    assertThat(response.path("allowed").booleanValue()).isTrue();
    assertThat(response.at("/warnings/0").asText()).contains("spec.colour");
  }

  @Test
  void aBindingNamesAPolicyThatExists() throws IOException {
    String binding =
        """
        apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: AutoscalingPolicyBinding
        metadata: {name: b, namespace: team}
        spec:
          policyRef: {name: p}
          homogeneousTarget: {target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 2}
        """;
    ObjectNode review = text("CREATE", binding);
    Webhook webhook = Webhook.AUTOSCALING_POLICY_BINDING;

    assertThat(answer(webhook, review, new ObjectName("team", "p")::equals))
        .contains("\"allowed\":true");
    assertThat(answer(webhook, review, _ -> false))
        .contains("\"allowed\":false", "spec.PolicyRef", "does not exist");
    Neighbours away =
        _ -> {
          throw new IOException("the cluster is away");
        };
    assertThat(answer(webhook, review, away)).contains("Internal error", "the cluster is away");
  }

  private static String answer(Webhook webhook, ObjectNode review, Neighbours neighbours)
      throws IOException {
    byte[] body = JSON.writeValueAsBytes(review);
    return new Reviews(Set.of(webhook), neighbours)
        .reply(webhook.path(), "application/json", body)
        .body();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{} {}",
        "{\"apiVersion\":\"admission.k8s.io/v1beta1\",\"kind\":\"AdmissionReview\"}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\"}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":[]}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"operation\":\"CREATE\",\"object\":{\"kind\":\"ModelRoute\"}}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\"}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"object\":{}}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"object\":\"x\"}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"object\":{\"a\":1}}}"
      })
  void whatIsNoReviewIsABadRequest(String body) {
    Reply reply =
        reviews.reply(
            Webhook.MODEL_ROUTE.path(), "application/json", body.getBytes(StandardCharsets.UTF_8));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.contentType()).startsWith("text/plain");
    assertThat(reply.body()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json; charset=utf-8", ""})
  void theContentTypeIsExact(String contentType) throws IOException {
    byte[] body = JSON.writeValueAsBytes(text("CREATE", ROUTE));

    assertThat(reviews.reply(Webhook.MODEL_ROUTE.path(), contentType, body).status())
        .isEqualTo(400);
    assertThat(reviews.reply(Webhook.MODEL_ROUTE.path(), null, body).status()).isEqualTo(400);
  }

  @Test
  void onlyThePathsOfItsWebhooksAreAnswered() throws IOException {
    Reviews networking = new Reviews(Webhook.NETWORKING, Neighbours.ALL);
    byte[] body = JSON.writeValueAsBytes(text("CREATE", ROUTE));

    assertThat(networking.reply("/validate/modelroute", "application/json", body).status())
        .isEqualTo(200);
    assertThat(networking.reply("/validate/modelbooster", "application/json", body).status())
        .isEqualTo(404);
  }

  private JsonNode review(Webhook webhook, String operation, String manifest) throws IOException {
    return JSON.readTree(post(webhook, text(operation, manifest)).body()).path("response");
  }

  private Reply post(Webhook webhook, ObjectNode review) throws IOException {
    Reply reply = reviews.reply(webhook.path(), "application/json", JSON.writeValueAsBytes(review));
    assertThat(reply.status()).isEqualTo(200);
    return reply;
  }

  private static ObjectNode text(String operation, String manifest) throws IOException {
    ObjectNode review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    review
        .putObject("request")
        .put("uid", "u-1")
        .put("operation", operation)
        .set("object", YAML.readTree(manifest));
    return review;
  }
}
