package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReaderTest {
  private final UsageReader reader = new UsageReader();

  private Usage read(String body) {
    byte[] bytes = utf8("##" + body + "##");
    return reader.read(bytes, 2, bytes.length - 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'usage':{'prompt_tokens':3,'completion_tokens':4,'total_tokens':7}}|3|4|7|-1",
        "{'usage':{'prompt_tokens':3,'completion_tokens':4}}|3|4|7|-1",
        "{'usage':{'prompt_tokens':3,'total_tokens':3}}|3|-1|3|-1",
        "{'usage':{'prompt_tokens':3,'completion_tokens':4,'prompt_tokens_details':{'audio_tokens':1,'cached_tokens':2}}}|3|4|7|2",
        "{'usage':{'prompt_tokens':3,'completion_tokens':4,'prompt_tokens_details':null}}|3|4|7|-1",
        "{'response':{'id':{'usage':1},'usage':{'input_tokens':3,'output_tokens':4,'total_tokens':7,'input_tokens_details':{'cached_tokens':1}}}}|3|4|7|1",
        "{'type':'message','usage':{'input_tokens':3,'output_tokens':4}}|3|4|7|-1",
        "{'usage':{'input_tokens':3,'cache_read_input_tokens':10,'cache_creation_input_tokens':5,'output_tokens':4}}|18|4|22|10",
        "{'choices':[{'usage':{'prompt_tokens':1}}],'usage' : {'prompt_tokens':3,'completion_tokens':4}}|3|4|7|-1",
        "{'us\\u0061ge':{'prompt_tokens':3},'usage':{'completion_tokens':4}}|3|4|7|-1",
        "{'usage':{'prompt_tokens':'3','completion_tokens':4.5,'total_tokens':-7}}|-1|-1|-1|-1",
        "{'usage':{'prompt_tokens':99999999999999999999,'completion_tokens':4}}|-1|4|-1|-1",
      })
  void everyShapeIsRead(String body, int prompt, int completion, int total, int cached) {
    assertThat(read(body.replace('\'', '"')))
        .isEqualTo(new Usage(prompt, completion, total, cached));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "not JSON \"usage\": {",
        "{\"usage\":null}",
        "{\"usage\":{}}",
        "{\"usage\":[1]}",
        "{\"usage\":{\"prompt_tokens\":3",
        "{\"x\":\"\\\"usage\\\":{\\\"prompt_tokens\\\":3}\"}",
      })
  void aBodyWithoutUsageHasNone(String body) {
    assertThat(read(body)).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  void usageIsFoundAnywhereInAMegabyteAndAtTheEndOfMore() {
    String filler = "{\"choices\":[{\"text\":\"" + "x".repeat(1_000_000) + "\"}]";
    String usage = "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}";
    String longer = filler.replace("x", "xy");

    assertThat(read("{" + usage + "," + filler.substring(1) + "}"))
        .isEqualTo(new Usage(3, 4, 7, -1));
    assertThat(read(filler + "," + usage + "}")).isEqualTo(new Usage(3, 4, 7, -1));
    assertThat(read(longer + "," + usage + ",\"system_fingerprint\":null}"))
        .isEqualTo(new Usage(3, 4, 7, -1));
    assertThat(read("{" + usage + "," + longer.substring(1) + "}")).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  void aTailIsReadWhereverItWasCut() {
    byte[] body =
        utf8(
            "{\"choices\":[{\"text\":\"abc\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}");
    int key = new String(body, StandardCharsets.UTF_8).indexOf("\"usage\"");
    for (int cut = 0; cut <= key; cut++) {
      assertThat(reader.readTail(body, cut, body.length - cut)).isEqualTo(new Usage(3, 4, 7, -1));
    }
    assertThat(reader.readTail(body, key + 1, body.length - key - 1)).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  void aTruncatedUsageLeavesNothingHalfRead() {
    byte[] body = utf8("{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4},\"model\":\"m\"}");
    for (int length = 0; length < body.length; length++) {
      assertThat(reader.read(body, 0, length)).isEqualTo(Usage.UNKNOWN);
    }
  }
}
