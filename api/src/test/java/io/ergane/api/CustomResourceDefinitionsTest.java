package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CustomResourceDefinitionsTest {
  private static final Path FOLDER = Path.of("../deploy/crds");
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  static List<ObjectNode> definitions() {
    return CustomResourceDefinitions.all();
  }

  /**
   * {@code ./dev generate} runs this with {@code -Dgoldens.rewrite=true}, which writes the files.
   */
  @ParameterizedTest
  @MethodSource("definitions")
  void theYamlInDeployIsWhatTheRecordsSay(ObjectNode definition) throws IOException {
    Path file = FOLDER.resolve(definition.at("/spec/names/plural").asText() + ".yaml");
    String yaml = YAML.writeValueAsString(definition);
    if (Boolean.getBoolean("goldens.rewrite")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, yaml);
    }

    assertThat(YAML.readTree(yaml)).isEqualTo(YAML.readTree(definition.toString()));
    assertThat(Files.readString(file))
        .as("%s; run ./dev generate after changing a record", file)
        .isEqualTo(yaml);
  }

  @Test
  void everyFieldIsDescribed() {
    for (ObjectNode definition : definitions()) {
      JsonNode root = definition.at("/spec/versions/0/schema/openAPIV3Schema");
      assertThat(root.path("description").isTextual()).isTrue();
      assertDescribed(root.at("/properties/spec"));
      assertDescribed(root.at("/properties/status"));
    }
  }

  private static void assertDescribed(JsonNode schema) {
    schema
        .path("properties")
        .properties()
        .forEach(field -> {
          assertThat(field.getValue().path("description").asText()).as(field.getKey()).isNotEmpty();
          assertDescribed(field.getValue());
          assertDescribed(field.getValue().path("items"));
          assertDescribed(field.getValue().path("additionalProperties"));
        });
  }

  @Test
  void defaultsEnumsBoundsAndRulesReachTheSchema() {
    JsonNode route = schema("ModelRoute");
    JsonNode server = schema("ModelServer");
    JsonNode provider = schema("ExternalModelProvider");

    assertThat(route.at("/properties/modelName/x-kubernetes-validations/0/rule").asText())
        .isEqualTo("self == oldSelf");
    assertThat(route.at("/x-kubernetes-validations/0/message").asText())
        .isEqualTo("either modelName or loraAdapters must be specified");
    assertThat(route.at("/properties/loraAdapters/maxItems").asInt()).isEqualTo(10);
    JsonNode targets = route.at("/properties/rules/items/properties/targetModels");
    assertThat(targets.path("minItems").asInt()).isEqualTo(1);
    assertThat(targets.path("maxItems").asInt()).isEqualTo(16);
    assertThat(targets.at("/items/x-kubernetes-validations/0/message").asText())
        .contains("exactly one of modelServerName or externalModelProviderName must be set");
    JsonNode weight = targets.at("/items/properties/weight");
    assertThat(weight.toString())
        .contains("\"format\":\"int32\",\"minimum\":0,\"maximum\":100,\"default\":100");
    assertThat(server.at("/properties/inferenceEngine/enum").toString())
        .isEqualTo("[\"vLLM\",\"SGLang\",\"Triton\",\"TorchServe\"]");
    JsonNode retry = server.at("/properties/trafficPolicy/properties/retry");
    assertThat(retry.at("/properties/retryInterval/type").asText()).isEqualTo("string");
    assertThat(retry.at("/properties/retryInterval/default").asText()).isEqualTo("100ms");
    assertThat(provider.at("/properties/baseURL/pattern").asText()).isEqualTo("^https://.+");
    assertThat(provider.at("/properties/insecureSkipVerify/default").isBoolean()).isTrue();
  }

  private static JsonNode schema(String kind) {
    return definitions().stream()
        .filter(definition -> definition.at("/spec/names/kind").asText().equals(kind))
        .findFirst()
        .orElseThrow()
        .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
  }
}
