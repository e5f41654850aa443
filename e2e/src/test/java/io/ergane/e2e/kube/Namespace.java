package io.ergane.e2e.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Kubectl;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The objects of one namespace, read and changed as the administrator. */
record Namespace(ApiServer server, String name) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Kinds by the beginning of their paths. */
  static final String PODS = "/api/v1/namespaces/%s/pods";

  static final String SERVICES = "/api/v1/namespaces/%s/services";
  static final String EVENTS = "/api/v1/namespaces/%s/events";
  static final String REVISIONS = "/apis/apps/v1/namespaces/%s/controllerrevisions";
  static final String SERVINGS =
      "/apis/workload.serving.volcano.sh/v1alpha1/namespaces/%s/modelservings";

  static Namespace create(String prefix) {
    ApiServer server = Installation.server();
    return new Namespace(server, server.namespace(prefix));
  }

  /** Applies manifests, YAML or JSON. */
  void apply(String manifests) {
    server.kubectlWith(
        manifests, "apply", "--server-side", "--force-conflicts", "-n", name, "-f", "-");
  }

  /** What the API server says to an object that would be created; empty when it would be. */
  String tryOut(String manifest) {
    return tryOut(manifest, "name").error();
  }

  /** An object as it would be stored. */
  JsonNode defaulted(String manifest) {
    return parse(tryOut(manifest, "json").output());
  }

  private Kubectl.Said tryOut(String manifest, String output) {
    String token = server.adminToken();
    String[] command = {"create", "--dry-run=server", "-o", output, "-n", name, "-f", "-"};
    return server.kubectlAs(token, manifest, command);
  }

  /** The object, if it is there. */
  Optional<JsonNode> find(String kind, String object) {
    HttpResponse<String> answer = send("GET", kind, object, "");
    if (answer.statusCode() == 404) return Optional.empty();
    return Optional.of(read(answer));
  }

  /** All objects of a kind, by name. */
  List<JsonNode> list(String kind) {
    List<JsonNode> items = new ArrayList<>();
    parse(server.get(kind.formatted(name))).path("items").forEach(items::add);
    return items;
  }

  /** Their names. */
  List<String> names(String kind) {
    return list(kind).stream().map(each -> each.path("metadata").path("name").asText()).toList();
  }

  /** Merges JSON into an object; fails when the server refuses. */
  JsonNode patch(String kind, String object, String merge) {
    return read(send("PATCH", kind, object, merge));
  }

  /** Deletes an object, in the background as kubectl does. */
  void delete(String kind, String object) {
    var _ = read(send("DELETE", kind, object, ""));
  }

  /** Deletes an object without a word to whoever runs it. */
  void deleteByForce(String kind, String object) {
    String options =
        """
        {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}\
        """;
    var _ = read(send("DELETE", kind, object, options));
  }

  private HttpResponse<String> send(String method, String kind, String object, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    return server.send(method, kind.formatted(name) + "/" + object, type, body);
  }

  private static JsonNode read(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return parse(answer.body());
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(text, e);
    }
  }
}
