package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.JsonTree;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TreeReaderTest {
  private static final String POD =
      """
      {"kind": "Pod", "empty": {}, "none": null, "list": [1, [], {"a": [true, false]}, "x"],
       "metadata": {"name": "p", "managedFields": [{"fieldsV1": {"f:spec": {"f:x": {}}}}],
                    "labels": {"app": "a"}, "generation": 9007199254740993},
       "spec": {"metadata": {"managedFields": 7}, "share": 0.5, "large": 123456789012345678901},
       "status": {"phase": "Running"}}
      """;

  private static Map<String, Object> read(String text, String... fields) throws IOException {
    try (JsonParser parser = Api.JSON.createParser(text)) {
      parser.nextToken();
      Map<String, Object> read = TreeReader.object(parser, Set.of(fields));
      assertThat(parser.nextToken()).describedAs("after the object").isNull();
      return read;
    }
  }

  @Test
  void anObjectIsReadWholeButForWhoManagesItsFields() throws IOException {
    JsonNode expected = Api.JSON.readTree(POD);
    ((ObjectNode) expected.path("metadata")).remove("managedFields");

    assertThat(read(POD)).isEqualTo(JsonTree.of(expected));
  }

  @Test
  void fieldsThatAreNotAskedForAreSkipped() throws IOException {
    assertThat(read(POD, "metadata", "status"))
        .isEqualTo(
            Map.of(
                "metadata",
                Map.of("name", "p", "labels", Map.of("app", "a"), "generation", 9007199254740993L),
                "status",
                Map.of("phase", "Running")));
  }

  @Test
  void whatFollowsTheMetadataIsSkippedWhenItIsNotWanted() throws IOException {
    try (JsonParser parser = Api.JSON.createParser(POD)) {
      parser.nextToken();
      Map<String, Object> read =
          TreeReader.object(
              parser,
              Set.of("metadata", "status"),
              metadata -> {
                assertThat(metadata).containsEntry("name", "p");
                return false;
              });
      assertThat(read).containsOnlyKeys("metadata");
      assertThat(parser.nextToken()).describedAs("after the object").isNull();
    }
  }

  @Test
  void whatIsNoObjectIsEmpty() throws IOException {
    assertThat(read("[{\"a\": 1}]")).isEmpty();
    assertThat(read("7")).isEmpty();
  }
}
