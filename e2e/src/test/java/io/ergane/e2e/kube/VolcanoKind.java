package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;

import io.ergane.testkit.ApiServer;

/** The PodGroup definition of Volcano on the API server of this JVM; nothing acts on PodGroups. */
final class VolcanoKind {
  static final String POD_GROUPS = "/apis/scheduling.volcano.sh/v1beta1/namespaces/%s/podgroups";

  private static final String NAME = "podgroups.scheduling.volcano.sh";

  private VolcanoKind() {}

  /** As of Volcano 1.14 and newer: groups inside of groups, and network tiers by name. */
  static void install() {
    apply(
        definition(
            TOPOLOGY.formatted("highestTierName: {type: string, maxLength: 253}"), SUB_GROUPS));
  }

  /** Without the two. */
  static void installOlder() {
    apply(definition(TOPOLOGY.formatted(""), ""));
  }

  private static void apply(String definition) {
    ApiServer server = Installation.server();
    server.kubectlWith(definition, "apply", "--server-side", "--force-conflicts", "-f", "-");
    server.kubectl("wait", "--for=condition=Established", "crd/" + NAME, "--timeout=30s");
    // The API server answers 429 while it makes room for the kind.
    patiently()
        .ignoreExceptions()
        .until(() -> !server.get("/apis/scheduling.volcano.sh/v1beta1/podgroups").isEmpty());
  }

  /** Returns when it is gone with all PodGroups. */
  static void remove() {
    Installation.server().kubectl("delete", "crd", NAME, "--ignore-not-found", "--timeout=30s");
  }

  private static final String TOPOLOGY =
      """
      networkTopology:
        type: object
        properties:
          mode: {type: string, enum: [hard, soft], default: hard}
          highestTierAllowed: {type: integer, format: int32}
          %s
      """;

  private static final String SUB_GROUPS =
      """
      subGroupPolicy:
        type: array
        items:
          type: object
          required: [name]
          properties:
            name: {type: string}
            labelSelector:
              type: object
              properties:
                matchLabels: {type: object, additionalProperties: {type: string}}
            matchLabelKeys: {type: array, items: {type: string}}
            subGroupSize: {type: integer, format: int32}
            minSubGroups: {type: integer, format: int32}
      """;

  private static String definition(String topology, String subGroups) {
    String ofSubGroups = subGroups.isEmpty() ? "" : subGroups + topology.indent(6);
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: %s}
    spec:
      group: scheduling.volcano.sh
      names: {kind: PodGroup, listKind: PodGroupList, plural: podgroups, singular: podgroup}
      scope: Namespaced
      versions:
      - name: v1beta1
        served: true
        storage: true
        subresources: {status: {}}
        schema:
          openAPIV3Schema:
            type: object
            properties:
              apiVersion: {type: string}
              kind: {type: string}
              metadata: {type: object}
              status: {type: object, x-kubernetes-preserve-unknown-fields: true}
              spec:
                type: object
                properties:
                  minMember: {type: integer, format: int32, default: 1}
                  queue: {type: string, default: default}
                  minResources:
                    type: object
                    additionalProperties:
                      anyOf: [{type: integer}, {type: string}]
                      x-kubernetes-int-or-string: true
    %s\
    """
        .formatted(NAME, (topology + ofSubGroups).indent(14));
  }
}
