package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.chat;
import static io.ergane.core.llm.Bodies.facts;
import static io.ergane.core.llm.Bodies.malformed;
import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestScanTest {
  private static final String HELLO =
      "\"messages\":[{\"role\":\"user\",\"content\":\"hello world\"}]";

  @Test
  void oneUserMessageOfTwoWordsIsTenTokens() {
    RequestFacts facts = chat("{\"model\":\"m\"," + HELLO + "}");

    assertThat(facts.promptCodePoints()).isEqualTo(39);
    assertThat(facts.tokenEstimate()).isEqualTo(10);
    assertThat(facts.model()).isEqualTo("m");
    assertThat(facts.stream()).isFalse();
    assertThat(facts.maxTokens()).isEqualTo(-1);
  }

  @Test
  void theOrderOfKeysDoesNotMatter() {
    RequestFacts first =
        chat("{\"model\":\"m\",\"tools\":[{\"a\":1}],\"stream\":true," + HELLO + "}");
    RequestFacts last =
        chat("{" + HELLO + ",\"stream\":true,\"tools\":[{\"a\":1}],\"model\":\"m\"}");

    assertThat(last.blockHashes()).isEqualTo(first.blockHashes());
    assertThat(last.promptCodePoints()).isEqualTo(first.promptCodePoints());
    assertThat(last.model()).isEqualTo(first.model());
    assertThat(last.stream()).isTrue();
  }

  @Test
  void theSpanOfTheModelIsItsLiteral() {
    String body = "{ \"model\" : \"llama\\u002d3\" , " + HELLO + "}";
    RequestFacts facts = chat(body);

    assertThat(facts.model()).isEqualTo("llama-3");
    assertThat(body.substring(facts.modelStart(), facts.modelEnd())).isEqualTo("\"llama\\u002d3\"");
  }

  @Test
  void spansAreRelativeToTheOffset() {
    String body = "{\"model\":\"m\"," + HELLO + "}";
    byte[] padded = utf8("xyz" + body + "xyz");
    Scanned scanned =
        RequestScan.scan(Api.CHAT_COMPLETIONS, padded, 3, body.length(), ScanLimits.DEFAULT);

    assertThat(((RequestFacts) scanned).modelStart()).isEqualTo(body.indexOf("\"m\""));
  }

  @Test
  void anUnhashedScanFindsEverythingElse() {
    byte[] body =
        utf8("{\"model\":\"a\",\"tools\":[1],\"system\":\"s\",\"cache_salt\":\"x\"," + HELLO + "}");
    ScanLimits unhashed = new ScanLimits(0, 64);

    Scanned scanned = RequestScan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length, unhashed);

    assertThat(((RequestFacts) scanned).blockCount()).isZero();
    assertThat(((RequestFacts) scanned).promptBytes()).isZero();
    assertThat(scanned)
        .usingRecursiveComparison()
        .ignoringFields("blockHashes", "promptBytes")
        .isEqualTo(
            RequestScan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length, ScanLimits.DEFAULT));
  }

  @Test
  void theBeginningOfABodySaysWhatStandsBeforeTheCut() {
    String text =
        "{\"stream\":true,\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"grüße\"}],\"n\":1}";
    byte[] body = utf8(text);
    RequestScan scan = new RequestScan(ScanLimits.DEFAULT);
    RequestFacts whole = (RequestFacts) scan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length);
    int modelEnd = text.indexOf("\"a\"") + 3;
    for (int cut = 1; cut < body.length; cut++) {
      Scanned scanned = scan.scanBeginning(Api.CHAT_COMPLETIONS, body, 0, cut);
      if (cut < modelEnd) {
        assertThat(((Malformed) scanned).problem()).isEqualTo(Problem.MODEL_MISSING);
      } else {
        RequestFacts facts = (RequestFacts) scanned;
        assertThat(facts.model()).isEqualTo("a");
        assertThat(facts.stream()).isTrue();
        assertThat(facts.modelStart()).isEqualTo(whole.modelStart());
        assertThat(facts.promptCodePoints()).isLessThanOrEqualTo(whole.promptCodePoints());
      }
    }
  }

  @Test
  void aScannerRemembersNothingOfTheRequestBefore() {
    RequestScan scan = new RequestScan(ScanLimits.DEFAULT);
    byte[] rich =
        utf8(
            "{\"model\":\"a\",\"stream\":true,\"max_tokens\":5,\"tools\":[1],\"system\":\"s\","
                + HELLO
                + "}");
    byte[] broken = utf8("{\"model\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"");
    byte[] plain = utf8("{\"model\":\"c\"," + HELLO + "}");

    scan.scan(Api.CHAT_COMPLETIONS, rich, 0, rich.length);
    scan.scan(Api.CHAT_COMPLETIONS, broken, 0, broken.length);
    RequestFacts again = (RequestFacts) scan.scan(Api.CHAT_COMPLETIONS, plain, 0, plain.length);
    RequestFacts fresh = chat("{\"model\":\"c\"," + HELLO + "}");

    assertThat(again).usingRecursiveComparison().isEqualTo(fresh);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"a\",\"model\":\"a\",\"prompt\":\"\"}|DUPLICATE_MODEL",
        "{\"model\":\"a\",\"mod\\u0065l\":\"b\",\"prompt\":\"\"}|DUPLICATE_MODEL",
        "{\"stream\":true,\"stream\":false,\"model\":\"a\",\"prompt\":\"\"}|DUPLICATE_KEY",
        "{\"stream_options\":{},\"stream_options\":null,\"model\":\"a\",\"prompt\":\"\"}|DUPLICATE_KEY",
        "{\"messages\":[],\"model\":\"a\",\"messages\":[]}|DUPLICATE_KEY",
        "{\"stream_options\":{\"include_usage\":true,\"include_usag\\u0065\":false},\"model\":\"a\"}|DUPLICATE_KEY",
        "''|EMPTY",
        "' \t '|EMPTY",
        "{\"model\":\"a\"|TRUNCATED",
        "{\"model\":\"a|TRUNCATED",
        "{\"model\":tru|TRUNCATED",
        "{\"model\":1.|TRUNCATED",
        "{\"model\":\"\\u00|TRUNCATED",
        "{\"model\":trux}|NOT_JSON",
        "{\"model\":01}|NOT_JSON",
        "{\"model\" \"a\"}|NOT_JSON",
        "{model:1}|NOT_JSON",
        "{\"model\":\"a\",}|NOT_JSON",
        "{\"x\":[1,]}|NOT_JSON",
        "{\"x\":\"\\x\"}|NOT_JSON",
        "[1]|NOT_AN_OBJECT",
        "null|NOT_AN_OBJECT",
        "{\"model\":\"a\"}{}|TRAILING_DATA",
        "{\"prompt\":\"x\"}|MODEL_MISSING",
        "{\"model\":7,\"prompt\":\"x\"}|MODEL_MISSING",
        "{\"model\":\"\",\"prompt\":\"x\"}|MODEL_MISSING",
        "{\"model\":\" \\t\",\"prompt\":\"x\"}|MODEL_MISSING",
        "{\"model\":null,\"prompt\":\"x\"}|MODEL_MISSING",
        "{\"model\":\"a\"}|PROMPT_MISSING",
        "{\"model\":\"a\",\"prompt\":7}|PROMPT_MISSING",
        "{\"model\":\"a\",\"prompt\":[true]}|PROMPT_MISSING",
        "{\"model\":\"a\",\"prompt\":[1.5]}|PROMPT_MISSING",
        "{\"model\":\"a\",\"prompt\":[[-1]]}|PROMPT_MISSING",
        "{\"model\":\"a\",\"prompt\":{},\"messages\":[]}|PROMPT_MISSING",
        "{\"model\":\"a\",\"messages\":\"x\"}|PROMPT_MISSING",
        "{\"model\":\"a\",\"input\":{}}|PROMPT_MISSING",
      })
  void aBodyThatIsNoRequestIsRefusedForItsReason(String body, Problem problem) {
    assertThat(malformed(Api.CHAT_COMPLETIONS, body).problem()).isEqualTo(problem);
  }

  @Test
  void aRefusalSaysWhatWasFoundAndWhatIsAccepted() {
    assertThat(malformed(Api.COMPLETIONS, "{\"model\":\"a\",\"prompt\":7}").message())
        .isEqualTo(
            "prompt not found: prompt is a number; a string, an array of strings, of token ids or of arrays of token"
                + " ids is accepted.");
    assertThat(malformed(Api.COMPLETIONS, "{\"model\":[],\"prompt\":\"\"}").message())
        .isEqualTo("model not found: model is an array; a string that names a model is accepted.");
    assertThat(malformed(Api.COMPLETIONS, "{\"stream\":1,\"stream\":2}").message())
        .contains("\"stream\"", "byte 12");
  }

  @Test
  void nestingIsBounded() {
    String deep = "{\"x\":" + "[".repeat(199) + "]".repeat(199) + ",\"model\":\"m\"," + HELLO + "}";
    String deeper =
        "{\"x\":" + "[".repeat(200) + "]".repeat(200) + ",\"model\":\"m\"," + HELLO + "}";
    String bomb = "{\"x\":" + "[{\"a\":".repeat(1_000_000);

    assertThat(chat(deep).model()).isEqualTo("m");
    assertThat(malformed(Api.CHAT_COMPLETIONS, deeper).problem()).isEqualTo(Problem.TOO_DEEP);
    assertThat(malformed(Api.CHAT_COMPLETIONS, bomb).problem()).isEqualTo(Problem.TOO_DEEP);
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedInsideStrings() {
    byte[] body = utf8("{\"model\":\"m?\"," + HELLO + "}");
    body[11] = (byte) 0xC0;
    Malformed malformed =
        (Malformed) RequestScan.scan(Api.OTHER, body, 0, body.length, ScanLimits.DEFAULT);

    assertThat(malformed.problem()).isEqualTo(Problem.NOT_UTF8);
    assertThat(malformed.at()).isEqualTo(11);
  }

  @Test
  void theMostSpecificTokenBoundWins() {
    String rest = "\"model\":\"m\"," + HELLO + "}";

    assertThat(
            chat("{\"max_tokens\":7,\"max_completion_tokens\":5,\"max_output_tokens\":9," + rest)
                .maxTokens())
        .isEqualTo(5);
    assertThat(chat("{\"max_output_tokens\":9,\"max_tokens\":7," + rest).maxTokens()).isEqualTo(7);
    assertThat(chat("{\"max_completion_tokens\":null,\"max_output_tokens\":9," + rest).maxTokens())
        .isEqualTo(9);
    assertThat(chat("{\"max_tokens\":99999999999999999999," + rest).maxTokens())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(chat("{\"max_tokens\":\"7\"," + rest).maxTokens()).isEqualTo(-1);
    assertThat(chat("{\"max_tokens\":-7," + rest).maxTokens()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"m\"}",
        "{\"model\":\"m\",\"input\":{\"a\":1}}",
        "{\"model\":\"m\",\"prompt\":7}"
      })
  void otherEndpointsNeedNoPrompt(String body) {
    RequestFacts facts = facts(Api.OTHER, body);

    assertThat(facts.promptCodePoints()).isZero();
    assertThat(facts.blockCount()).isZero();
  }
}
