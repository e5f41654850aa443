package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** YAML for tests. */
final class Manifests {
  private static final YAMLMapper YAML = new YAMLMapper();

  static final List<String> NAMES =
      List.of(
          "simple",
          "multi-models",
          "subset",
          "lora",
          "rate-limit",
          "global-rate-limit",
          "prefill-decode-nixl",
          "prefill-decode",
          "sglang",
          "traffic-policy",
          "gateway-binding",
          "external-provider",
          "engines",
          "pod",
          "model-serving",
          "model-serving-old",
          "model-serving-status",
          "model-booster",
          "model-booster-old",
          "autoscaling-policy",
          "autoscaling-policy-old");

  private Manifests() {}

  static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of one file of example manifests. */
  static List<JsonNode> load(String name) {
    String path = "/manifests/" + name + ".yaml";
    try (InputStream in = Objects.requireNonNull(Manifests.class.getResourceAsStream(path))) {
      return YAML.readerFor(JsonNode.class).<JsonNode>readValues(in).readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> all() {
    return NAMES.stream().flatMap(name -> load(name).stream());
  }

  /** Decodes a manifest that must be well-formed. */
  static Resource resource(String yaml) {
    return switch (Decoding.decode(yaml(yaml))) {
      case Decoded.Ok ok -> ok.resource();
      case Decoded.Broken broken -> throw new AssertionError(broken);
      case Decoded.Ignored ignored -> throw new AssertionError(ignored);
    };
  }

  /** Everything that speaks against a manifest, whether its schema or its admission finds it. */
  static List<String> problems(String yaml) {
    return switch (Decoding.decode(yaml(yaml))) {
      case Decoded.Ok ok -> Admission.check(ok.resource()).stream().map(Finding::toString).toList();
      case Decoded.Broken broken -> broken.findings().stream().map(Finding::toString).toList();
      case Decoded.Ignored ignored -> throw new AssertionError(ignored);
    };
  }

  static String route(String spec) {
    return object("ModelRoute", spec);
  }

  static String server(String spec) {
    return object("ModelServer", spec);
  }

  static String provider(String spec) {
    return object("ExternalModelProvider", spec);
  }

  static String workload(String kind, String spec) {
    return object(kind, spec).replace("networking.", "workload.");
  }

  private static String object(String kind, String spec) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: %s
    metadata:
      name: sample
    spec:
    %s\
    """
        .formatted(kind, spec.indent(2));
  }
}
