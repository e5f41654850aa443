package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelListTest {

  @Test
  void listsBaseModelAndAdaptersInOrderOnce() {
    assertThat(
            parse(
                """
                {"object":"list","data":[
                  {"id":"llama","object":"model","permission":[{"id":"modelperm-1"}]},
                  {"id":"legal-v2","parent":"llama","nested":{"id":"no"}},
                  {"id":"llama"},
                  {"id":7},
                  {"id":""},
                  "stray"
                ],"more":{"data":[{"id":"no"}]}}
                """))
        .hasValue(List.of("llama", "legal-v2"));
  }

  @Test
  void anEmptyListIsAnAnswer() {
    assertThat(parse("{\"data\":[]}")).hasValue(List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "<html>",
        "{\"error\":\"not found\"}",
        "{\"data\":{\"id\":\"m\"}}",
        "{\"data\":[{\"id\":\"m\"}",
        "{\"data\":[{\"id\":\"m\"}],",
      })
  void anythingElseIsNone(String body) {
    assertThat(parse(body)).isEmpty();
  }

  private static Optional<List<String>> parse(String body) {
    return ModelList.parse(body.getBytes(StandardCharsets.UTF_8));
  }
}
