package io.ergane.core.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ErrorBodiesTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final String HOSTILE = "no \"route\" <for>\n\\ & ü 𝄞 \u0000 \u2028 \ud800";

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void openAiErrorsHaveTheFourFields() {
    assertThat(text(ErrorBodies.openAi("no route", "not_found_error", "model_not_found")))
        .isEqualTo(
            "{\"error\":{\"message\":\"no route\",\"type\":\"not_found_error\",\"param\":null,\"code\":\"model_not_found\"}}");
    assertThat(text(ErrorBodies.openAi("no route", "not_found_error", null)))
        .endsWith("\"code\":null}}");
  }

  @Test
  void anthropicErrorsAreTyped() {
    assertThat(text(ErrorBodies.anthropic("busy", "overloaded_error")))
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}");
  }

  @Test
  void kthenaErrorsAreBareStringsEscapedAsGoDoes() {
    assertThat(text(ErrorBodies.kthena("pods \"<a&b>\"\u2028")))
        .isEqualTo("\"pods \\\"\\u003ca\\u0026b\\u003e\\\"\\u2028\"");
  }

  @Test
  void eventsEndWithABlankLine() {
    assertThat(text(ErrorBodies.openAiEvent("gone", "server_error", "502")))
        .isEqualTo(
            "data: {\"error\":{\"message\":\"gone\",\"type\":\"server_error\",\"param\":null,\"code\":\"502\"}}\n\n");
    assertThat(text(ErrorBodies.anthropicEvent("gone", "api_error")))
        .isEqualTo(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"gone\"}}\n\n");
  }

  @Test
  void anyMessageSurvives() throws Exception {
    JsonNode openAi = JACKSON.readTree(ErrorBodies.openAi(HOSTILE, "t", null));
    JsonNode anthropic = JACKSON.readTree(ErrorBodies.anthropic(HOSTILE, "t"));
    JsonNode kthena = JACKSON.readTree(ErrorBodies.kthena(HOSTILE));

    assertThat(openAi.path("error").path("message").textValue()).isEqualTo(HOSTILE);
    assertThat(anthropic.path("error").path("message").textValue()).isEqualTo(HOSTILE);
    assertThat(kthena.textValue()).isEqualTo(HOSTILE);
  }
}
