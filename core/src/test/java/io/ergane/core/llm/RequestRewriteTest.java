package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.chat;
import static io.ergane.core.llm.Bodies.facts;
import static io.ergane.core.llm.Bodies.scan;
import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RequestRewriteTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final String HOSTILE = "a\"b\\c\n\u0001/ü𝄞\ud800";

  private static String rewrite(String body, Api api, @Nullable String model, boolean usage) {
    List<Edit> edits = RequestRewrite.edits(facts(api, body), model, usage);
    return new String(
        RequestRewrite.apply(utf8(body), 0, utf8(body).length, edits), StandardCharsets.UTF_8);
  }

  @Test
  void onlyTheIntendedFieldsOfTheTreeChange() throws Exception {
    int changed = 0;
    for (int seed = 0; seed < 2_500; seed++) {
      RandomRequest request = new RandomRequest(new Random(seed));
      String body = request.body(request.members());
      Api api = seed % 3 == 0 ? Api.COMPLETIONS : Api.CHAT_COMPLETIONS;
      if (!(scan(api, body) instanceof RequestFacts facts)) {
        continue;
      }
      ObjectNode expected = (ObjectNode) JACKSON.readTree(body);
      expected.put("model", "new");
      boolean adds = RequestRewrite.addsUsage(facts);
      if (adds) {
        ObjectNode options =
            expected.path("stream_options").isObject()
                ? (ObjectNode) expected.path("stream_options")
                : expected.putObject("stream_options");
        options.put("include_usage", true);
        changed++;
      }

      assertThat(JACKSON.readTree(rewrite(body, api, "new", true))).as(body).isEqualTo(expected);
    }
    assertThat(changed).isGreaterThan(200);
  }

  @Test
  void everyByteOutsideTheEditsStays() {
    for (int seed = 0; seed < 1_500; seed++) {
      RandomRequest request = new RandomRequest(new Random(seed));
      byte[] body = utf8(request.body(request.members()));
      if (!(RequestScan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length, ScanLimits.DEFAULT)
          instanceof RequestFacts facts)) {
        continue;
      }
      List<Edit> edits = RequestRewrite.edits(facts, "a-much-longer-name", true);
      byte[] out = RequestRewrite.apply(body, 0, body.length, edits);
      int from = 0;
      int to = 0;
      for (Edit edit : edits) {
        int kept = edit.start() - from;
        assertThat(kept).isNotNegative();
        assertThat(Arrays.equals(body, from, edit.start(), out, to, to + kept)).isTrue();
        from = edit.end();
        to += kept + edit.replacement().length;
      }
      assertThat(Arrays.equals(body, from, body.length, out, to, out.length)).isTrue();
      assertThat(out.length - body.length).isEqualTo(RequestRewrite.growth(edits));
    }
  }

  @Test
  void aRewrittenRequestNeedsNoFurtherEdit() {
    for (int seed = 0; seed < 600; seed++) {
      RandomRequest request = new RandomRequest(new Random(seed));
      String body = request.body(request.members());
      if (scan(Api.CHAT_COMPLETIONS, body) instanceof RequestFacts) {
        String once = rewrite(body, Api.CHAT_COMPLETIONS, "new", true);

        assertThat(rewrite(once, Api.CHAT_COMPLETIONS, "new", true)).isEqualTo(once);
        assertThat(chat(once).blockHashes()).isEqualTo(chat(body).blockHashes());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'stream':true|'stream':true,'stream_options':{'include_usage':true}",
        "'stream' : true , 'n':1|'stream' : true,'stream_options':{'include_usage':true} , 'n':1",
        "'stream':true,'stream_options':{}|'stream':true,'stream_options':{'include_usage':true}",
        "'stream':true,'stream_options':{ 'a':1}|'stream':true,'stream_options':{'include_usage':true, 'a':1}",
        "'stream_options':null,'stream':true|'stream_options':{'include_usage':true},'stream':true",
        "'stream_options':{'a':1,'include_usage':false },'stream':true|'stream_options':{'a':1,'include_usage':true },'stream':true",
        "'stream_options':{'include_usage':true},'stream':true|'stream_options':{'include_usage':true},'stream':true",
        "'stream_options':7,'stream':true|'stream_options':7,'stream':true",
        "'stream':false|'stream':false",
        "'stream':1|'stream':1",
        "'stream_options':{}|'stream_options':{}",
      })
  void usageIsAskedForWithoutLosingOtherOptions(String given, String expected) {
    String body = ("{" + given + ",'model':'m','messages':[]}").replace('\'', '"');
    String rewritten = ("{" + expected + ",'model':'m','messages':[]}").replace('\'', '"');

    assertThat(rewrite(body, Api.CHAT_COMPLETIONS, null, true)).isEqualTo(rewritten);
    assertThat(rewrite(body, Api.CHAT_COMPLETIONS, "m", false)).isEqualTo(body);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"CHAT_COMPLETIONS", "COMPLETIONS"})
  void endpointsThatReportUsageUnaskedAreLeftAlone(Api api) {
    String body = "{\"model\":\"m\",\"stream\":true,\"input\":\"x\"}";

    assertThat(rewrite(body, api, null, true)).isEqualTo(body);
  }

  @Test
  void theNewNameIsEscaped() throws Exception {
    String body = "{\"messages\":[],\"model\":\"m\"}";

    assertThat(chat(rewrite(body, Api.CHAT_COMPLETIONS, HOSTILE, false)).model())
        .isEqualTo(HOSTILE);
    assertThat(rewrite(body, Api.CHAT_COMPLETIONS, "x<y", false)).contains("\"x<y\"");
  }
}
