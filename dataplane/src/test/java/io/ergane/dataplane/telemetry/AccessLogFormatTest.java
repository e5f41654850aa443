package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.telemetry.AccessLogFormat.JSON;
import static io.ergane.dataplane.telemetry.AccessLogFormat.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogFormatTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Test
  void anAnsweredRequestAsText() {
    assertThat(line(TEXT, Records.answered()))
        .isEqualTo(
            "[2023-11-14T22:13:20.123456789Z] \"POST /v1/chat/completions HTTP/1.1\" 200"
                + " model_name=chat model_route=default/chat-route"
                + " model_server=default/chat-server selected_pod=pod-0 request_id=req-1"
                + " backend_type=model_server backend_name=default/chat-server"
                + " upstream_model=chat-7b upstream_status_code=200 upstream_attempts=1"
                + " tokens=10/21 timings=300ms(2+250+47)");
  }

  @Test
  void aRefusedRequestAsText() {
    assertThat(line(TEXT, Records.unknownModel("nope")))
        .isEqualTo(
            "[2023-11-14T22:13:20.123456789Z] \"POST /v1/chat/completions HTTP/1.1\" 404"
                + " error=model_route_matching:\"route not found\" model_name=nope"
                + " timings=300ms(2+0+0)");
  }

  @Test
  void anAnsweredRequestAsJson() {
    assertThat(line(JSON, Records.answered()))
        .isEqualTo(
            "{\"timestamp\":\"2023-11-14T22:13:20.123456789Z\",\"method\":\"POST\","
                + "\"path\":\"/v1/chat/completions\",\"protocol\":\"HTTP/1.1\",\"status_code\":200,"
                + "\"model_name\":\"chat\",\"model_route\":\"default/chat-route\","
                + "\"model_server\":\"default/chat-server\",\"selected_pod\":\"pod-0\","
                + "\"request_id\":\"req-1\",\"backend_type\":\"model_server\","
                + "\"backend_name\":\"default/chat-server\",\"upstream_model\":\"chat-7b\","
                + "\"upstream_status_code\":200,\"upstream_attempts\":1,\"input_tokens\":10,"
                + "\"output_tokens\":21,\"duration_total\":300,\"duration_request_processing\":2,"
                + "\"duration_upstream_processing\":250,\"duration_response_processing\":47}");
  }

  @Test
  void aRefusedRequestAsJson() {
    assertThat(line(JSON, Records.unknownModel("")))
        .isEqualTo(
            "{\"timestamp\":\"2023-11-14T22:13:20.123456789Z\",\"method\":\"POST\","
                + "\"path\":\"/v1/chat/completions\",\"protocol\":\"HTTP/1.1\",\"status_code\":404,"
                + "\"error\":{\"type\":\"model_route_matching\",\"message\":\"route not found\"},"
                + "\"model_name\":\"\",\"duration_total\":300,\"duration_request_processing\":2,"
                + "\"duration_upstream_processing\":0,\"duration_response_processing\":0}");
  }

  @Test
  void aRequestThatWasNeverParsedSpentAllItsTimeInItsFirstPhase() {
    RequestRecord record = Records.timed();
    record.parsedNanos = 0;
    record.status = 400;
    assertThat(line(TEXT, record)).endsWith(" 400 timings=300ms(300+0+0)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nforged line",
        "a\r\n[2030-01-01] \"GET / HTTP/1.1\" 200",
        "a status_code=200 backend_type=model_server",
        "a\" 200 model_name=\"b",
        "a\\",
        "a\tb\u0000c\u001b[2Jd",
        "a\u007fb\u0085c\u009b31md",
        "a\u2028b\u2029c\u202ed\u200be\u2066f\ufeffg\u00a0h\u3000i"
      })
  void hostileValuesForgeNeitherFieldsNorLinesNorWhatATerminalShows(String value) {
    RequestRecord record = Records.answered();
    record.model = value;
    record.path = "/v1/" + value;
    record.method = value;
    record.protocol = value;
    record.requestId = value;
    record.upstreamModel = value;
    record.errorType = "proxy";
    record.errorMessage = value;
    String line = line(TEXT, record);
    assertThat(fields(line)).hasSameSizeAs(fields(line(TEXT, plain())));
    assertThat(line.codePoints().filter(c -> c != ' ').noneMatch(AccessLogFormatTest::acts))
        .isTrue();
  }

  /** Splits at spaces outside quotes, in which a backslash takes the next character along. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      quoted ^= c == '"';
      if (c == '\\') {
        field.append(c).append(line.charAt(++i));
      } else if (c == ' ' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    assertThat(quoted).isFalse();
    fields.add(field.toString());
    return fields;
  }

  private static RequestRecord plain() {
    RequestRecord record = Records.answered();
    record.errorType = "proxy";
    record.errorMessage = "plain";
    return record;
  }

  private static boolean acts(int c) {
    return Character.isISOControl(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }

  @Test
  void textOfOtherLanguagesIsLeftAsItIs() {
    RequestRecord record = Records.answered();
    record.model = "模型-größe-модель";
    assertThat(line(TEXT, record)).contains(" model_name=模型-größe-модель ");
  }

  @Test
  void jsonIsOneLineThatReadsBackWhateverTheValuesAre() throws JsonProcessingException {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      RequestRecord record = Records.answered();
      record.model =
          random
              .ints(12, 1, 0xd7ff)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      record.path = "/v1/\"\\\n\u0007" + i;
      record.errorType = "proxy";
      record.errorMessage = record.model + "\"},{";
      String line = line(JSON, record);
      JsonNode node = MAPPER.readTree(line);
      assertThat(line).doesNotContain("\n", "\r");
      assertThat(node.get("model_name").textValue()).isEqualTo(record.model);
      assertThat(node.get("path").textValue()).isEqualTo(record.path);
      assertThat(node.at("/error/message").textValue()).isEqualTo(record.errorMessage);
      assertThat(node.size()).isEqualTo(22);
    }
  }

  @ParameterizedTest
  @CsvSource({"json, JSON", "JSON, JSON", "text, TEXT", "'', TEXT", "yaml, TEXT"})
  void anyWordButJsonIsText(String word, AccessLogFormat format) {
    assertThat(AccessLogFormat.of(word)).isEqualTo(format);
  }

  private static String line(AccessLogFormat format, RequestRecord record) {
    StringBuilder out = new StringBuilder();
    format.append(record, out);
    return out.toString();
  }
}
