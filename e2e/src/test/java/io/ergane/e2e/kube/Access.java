package io.ergane.e2e.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that an account asked the API server for.
 *
 * @param group of the API, empty for the first one
 * @param resource such as {@code pods} or {@code modelservings/status}
 * @param namespace empty for all
 * @param name empty when no single object was asked for, or it has no name yet
 * @param allowed whether the account may do that
 */
record Access(
    String verb, String group, String resource, String namespace, String name, boolean allowed) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Everything that the control plane asked for in this JVM so far, each thing once. */
  static List<Access> all() {
    return all(Installation.SYSTEM, Installation.ACCOUNT);
  }

  /** The same of another service account. */
  static List<Access> all(String namespace, String account) {
    String user = "system:serviceaccount:" + namespace + ":" + account;
    return Installation.server().audit().stream()
        .filter(line -> line.contains(user))
        .map(Access::parse)
        .filter(event -> event.at("/user/username").asText().equals(user))
        .map(Access::of)
        .distinct()
        .toList();
  }

  /** What the control plane asked for and may not have. */
  static List<Access> refused() {
    return all().stream().filter(access -> !access.allowed).toList();
  }

  /** Whether it is to change something. */
  boolean writes() {
    return !verb.equals("get") && !verb.equals("list") && !verb.equals("watch");
  }

  private static JsonNode parse(String event) {
    try {
      return JSON.readTree(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(event, e);
    }
  }

  private static Access of(JsonNode event) {
    JsonNode object = event.path("objectRef");
    String resource =
        Stream.of(object.path("resource").asText(), object.path("subresource").asText())
            .filter(part -> !part.isEmpty())
            .reduce((a, b) -> a + "/" + b)
            .orElse(event.path("requestURI").asText());
    return new Access(
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        resource,
        object.path("namespace").asText(),
        object.path("name").asText(),
        !event.at("/annotations/authorization.k8s.io~1decision").asText().equals("forbid"));
  }
}
