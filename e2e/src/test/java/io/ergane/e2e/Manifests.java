package io.ergane.e2e;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Manifests as text. */
final class Manifests {
  private Manifests() {}

  /** Several documents as one. */
  static String all(String... documents) {
    return String.join("---\n", documents);
  }

  /** A ModelServer that selects pods by the label {@code app} of its own name. */
  static String server(String name, String model) {
    return server(name, model, "vLLM");
  }

  static String server(String name, String model, String engine) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelServer
    metadata:
      name: %1$s
    spec:
      model: "%2$s"
      inferenceEngine: "%3$s"
      workloadSelector:
        matchLabels:
          app: %1$s
      workloadPort:
        port: 8000
      trafficPolicy:
        timeout: 10s
    """
        .formatted(name, model, engine);
  }

  /**
   * A ModelRoute for the model of its own name, with one rule.
   *
   * @param targets ModelServers, each with a weight after a colon or without
   */
  static String route(String name, String... targets) {
    return routeOf(name, "modelName: \"" + name + "\"", targets);
  }

  static String routeOf(String name, String models, String... targets) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelRoute
    metadata:
      name: %s
    spec:
      %s
      rules:
      - name: default
        targetModels:
    %s
    """
        .formatted(
            name,
            models,
            Arrays.stream(targets).map(Manifests::target).collect(Collectors.joining("\n")));
  }

  private static String target(String target) {
    String[] parts = target.split(":", 2);
    String server = "    - modelServerName: " + parts[0];
    return parts.length == 1 ? server : server + "\n      weight: " + parts[1];
  }

  /** A pod with that label {@code app}, its engine at that URL. */
  static String pod(String name, String app, String url) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      labels:
        app: %s
      annotations:
        ergane.io/endpoint: %s
    status:
      podIP: 127.0.0.1
    """
        .formatted(name, app, url);
  }

  /**
   * A router configuration.
   *
   * @param filters names separated by commas, may be empty
   * @param scorers names separated by commas, each with a weight after a colon or 1
   * @param arguments lines of {@code pluginConfig}, may be empty
   */
  static String configuration(String filters, String scorers, String arguments) {
    StringBuilder text = new StringBuilder("scheduler:\n");
    if (!arguments.isEmpty()) {
      text.append("  pluginConfig:\n").append(arguments.indent(2));
    }
    text.append("  plugins:\n    Filter:\n      enabled: [").append(filters).append("]\n");
    text.append("    Score:\n      enabled:\n");
    for (String scorer : scorers.split(",")) {
      String[] parts = scorer.split(":", 2);
      text.append("        - name: ").append(parts[0]).append("\n          weight: ");
      text.append(parts.length == 1 ? "1" : parts[1]).append("\n");
    }
    return text.toString();
  }
}
