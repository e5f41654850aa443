package io.ergane.core.llm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, CHAT_COMPLETIONS",
    "/v1/chat/completions?x=/v1/messages, CHAT_COMPLETIONS",
    "/v1/completions, COMPLETIONS",
    "/v1/responses, RESPONSES",
    "/v1/messages, MESSAGES",
    "/v1/embeddings, EMBEDDINGS",
    "/v1/rerank, RERANK",
    "/v1/audio/speech, OTHER",
    "/v1/chat/completions/, OTHER",
    "/v1/, OTHER",
  })
  void aPathNamesItsEndpoint(String path, Api api) {
    assertThat(Api.ofPath(path)).isEqualTo(api);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/v1",
        "/v2/rerank",
        "v1/messages",
        "/V1/messages",
        "/healthz?/v1/messages",
        "/v1/load_lora_adapter",
        "/v1/unload_lora_adapter?x"
      })
  void otherPathsNameNone(String path) {
    assertThat(Api.ofPath(path)).isNull();
  }

  @Test
  void onlyChatAndTextCompletionsReportUsageOnRequest() {
    assertThat(Api.values())
        .filteredOn(Api::usageOnRequest)
        .containsExactly(Api.CHAT_COMPLETIONS, Api.COMPLETIONS);
  }
}
