package io.ergane.controllers.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers reviews of {@code admission.k8s.io/v1}. The new object alone decides; objects that are
 * being deleted, subresources and kinds that Ergane does not read are let through.
 */
public final class Reviews {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String VERSION = "admission.k8s.io/v1";

  private final Map<String, Webhook> byPath;
  private final Rules rules;

  /**
   * @param webhooks those to answer for; reviews on other paths find nothing
   * @param neighbours asked only where a rule needs more than the object
   */
  public Reviews(Set<Webhook> webhooks, Neighbours neighbours) {
    rules = new Rules(neighbours);
    byPath =
        webhooks.stream().collect(Collectors.toUnmodifiableMap(Webhook::path, Function.identity()));
  }

  /** Whether reviews are answered on this path. */
  boolean knows(String path) {
    return byPath.containsKey(path);
  }

  /** The answer to one review; never throws for what a client can send. */
  Reply reply(String path, @Nullable String contentType, byte[] body) {
    Webhook webhook = byPath.get(path);
    if (webhook == null) {
      return Reply.text(404, "no webhook on this path; there are " + paths() + "\n");
    }
    if (!"application/json".equals(contentType)) {
      String found = contentType == null ? "none" : "\"" + contentType + "\"";
      return Reply.text(
          400, "Content-Type must be \"application/json\", found " + found + "; set it so\n");
    }
    JsonNode review;
    try {
      review = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return Reply.text(400, "the body is not JSON: " + e.getOriginalMessage() + "\n");
    } catch (IOException e) {
      return Reply.text(400, "the body cannot be read: " + e.getMessage() + "\n");
    }
    return reply(webhook, review);
  }

  private Reply reply(Webhook webhook, JsonNode review) {
    if (!VERSION.equals(review.path("apiVersion").asText())
        || !"AdmissionReview".equals(review.path("kind").asText())) {
      return Reply.text(400, "the body must be an AdmissionReview of " + VERSION + "\n");
    }
    JsonNode request = review.path("request");
    if (!request.isObject() || request.path("uid").asText().isEmpty()) {
      return Reply.text(400, "the AdmissionReview must have a request with a uid\n");
    }
    boolean asks = asksAboutTheObject(request);
    JsonNode object = request.path("object");
    if (asks && object.isEmpty()) {
      return Reply.text(400, "request.object must be an object that is not empty\n");
    }
    if (asks && (!object.path("kind").isTextual() || !object.path("apiVersion").isTextual())) {
      return Reply.text(400, "request.object must have an apiVersion and a kind\n");
    }
    if (!asks || object.path("metadata").hasNonNull("deletionTimestamp")) {
      return answer(request, webhook.mutates() ? Verdict.patched("[]") : Verdict.ADMITTED);
    }
    return answer(request, webhook.mutates() ? Rules.defaults(object) : rules.check(object));
  }

  /** Only what is created or changed is looked at, and only as a whole. */
  private static boolean asksAboutTheObject(JsonNode request) {
    String operation = request.path("operation").asText();
    return (operation.equals("CREATE") || operation.equals("UPDATE"))
        && request.path("subResource").asText("").isEmpty();
  }

  private static Reply answer(JsonNode request, Verdict verdict) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("apiVersion", VERSION);
    answer.put("kind", "AdmissionReview");
    ObjectNode response = answer.putObject("response");
    response.set("uid", request.path("uid"));
    response.put("allowed", verdict.refusal() == null);
    if (verdict.refusal() != null) {
      response.putObject("status").put("message", verdict.refusal());
    }
    if (!verdict.warnings().isEmpty()) {
      verdict.warnings().forEach(response.withArray("warnings")::add);
    }
    if (verdict.patch() != null) {
      byte[] patch = verdict.patch().getBytes(StandardCharsets.UTF_8);
      response.put("patchType", "JSONPatch");
      response.put("patch", Base64.getEncoder().encodeToString(patch));
    }
    try {
      return Reply.json(JSON.writeValueAsString(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written", e);
    }
  }

  private String paths() {
    return byPath.keySet().stream().sorted().collect(Collectors.joining(", "));
  }
}
