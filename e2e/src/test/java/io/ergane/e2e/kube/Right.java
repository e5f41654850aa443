package io.ergane.e2e.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that the control plane may do, as {@code deploy/rbac.yaml} says.
 *
 * @param group of the API, empty for the first one
 * @param resource such as {@code pods} or {@code modelservings/status}
 * @param name of the only object for which it holds; empty when it holds for all
 */
record Right(String verb, String group, String resource, String name) {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

  /** Those that none of these needed. */
  static List<Right> unused(List<Access> accesses) {
    List<Right> unused = new ArrayList<>(granted());
    unused.removeIf(right -> accesses.stream().anyMatch(right::covers));
    return unused;
  }

  private boolean covers(Access access) {
    return access.allowed()
        && access.verb().equals(verb)
        && access.group().equals(group)
        && access.resource().equals(resource)
        && (name.isEmpty() || access.name().equals(name));
  }

  private static List<Right> granted() {
    List<Right> granted = new ArrayList<>();
    for (String path :
        List.of(
            RBAC + "clusterroles/" + Installation.ACCOUNT,
            RBAC + "namespaces/" + Installation.SYSTEM + "/roles/" + Installation.ACCOUNT)) {
      for (JsonNode rule : role(path).path("rules")) {
        for (JsonNode group : rule.path("apiGroups")) {
          for (JsonNode resource : rule.path("resources")) {
            for (JsonNode verb : rule.path("verbs")) {
              for (String name : names(rule)) {
                granted.add(new Right(verb.asText(), group.asText(), resource.asText(), name));
              }
            }
          }
        }
      }
    }
    return granted;
  }

  private static List<String> names(JsonNode rule) {
    List<String> names = new ArrayList<>();
    rule.path("resourceNames").forEach(name -> names.add(name.asText()));
    return names.isEmpty() ? List.of("") : names;
  }

  private static JsonNode role(String path) {
    try {
      return new ObjectMapper().readTree(Installation.server().get(path));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
