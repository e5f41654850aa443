package io.ergane.controllers.files;

/** Manifests for tests. */
public final class Yaml {
  private Yaml() {}

  /** A route of eight lines. */
  public static String route(String name, String model, String server) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelRoute
    metadata: {name: %s}
    spec:
      modelName: %s
      rules:
      - targetModels:
        - modelServerName: %s
    """
        .formatted(name, model, server);
  }

  /** A server of seven lines whose pods carry its name as label {@code app}. */
  public static String server(String name) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelServer
    metadata: {name: %s}
    spec:
      inferenceEngine: vLLM
      workloadSelector: {matchLabels: {app: %s}}
      workloadPort: {port: 8000}
    """
        .formatted(name, name);
  }

  /** A pod of a server. */
  public static String pod(String name, String server, String ip) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, labels: {app: %s}}
    status: {podIP: %s}
    """
        .formatted(name, server, ip);
  }

  /** Several documents in one text. */
  public static String all(String... documents) {
    return String.join("---\n", documents);
  }
}
