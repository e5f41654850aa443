package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.chat;
import static io.ergane.core.llm.Bodies.facts;
import static io.ergane.core.llm.Bodies.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PromptTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @ParameterizedTest
  @EnumSource(names = {"CHAT_COMPLETIONS", "RERANK", "EMBEDDINGS"})
  void theSizeOfThePromptIsThatOfTheCanonicalText(Api api) throws Exception {
    int usable = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      RandomRequest request = new RandomRequest(new Random(seed));
      String body = request.body(request.members());
      String expected = ReferencePrompt.of(api, JACKSON.readTree(body));
      Scanned scanned = scan(api, body);

      if (expected == null || scanned instanceof Malformed) {
        assertThat(scanned)
            .as("%d: %s", seed, body)
            .isInstanceOfSatisfying(
                Malformed.class, m -> assertThat(m.problem()).isEqualTo(Problem.PROMPT_MISSING));
        assertThat(expected == null || hasBadIds(body)).as("%d: %s", seed, body).isTrue();
      } else {
        usable++;
        RequestFacts facts = (RequestFacts) scanned;
        long codePoints = expected.codePointCount(0, expected.length());
        assertThat(facts.promptCodePoints()).as("%d: %s", seed, body).isEqualTo(codePoints);
        assertThat(facts.tokenEstimate()).isEqualTo((int) Math.ceil(codePoints / 4.0));
      }
    }
    assertThat(usable).isGreaterThan(1_500);
  }

  /**
   * Arrays with a number that is no token id: the reference passes over it, the scan refuses it.
   */
  private static boolean hasBadIds(String body) throws Exception {
    JsonNode root = JACKSON.readTree(body);
    List<JsonNode> lists = new ArrayList<>();
    for (String key : List.of("prompt", "input")) {
      lists.add(root.path(key));
      root.path(key).forEach(lists::add);
    }
    return lists.stream().filter(JsonNode::isArray).anyMatch(list -> hasBadId(list));
  }

  private static boolean hasBadId(JsonNode list) {
    for (JsonNode element : list) {
      boolean scalar =
          element.isNumber()
              || element.isBoolean()
              || element.isNull()
              || element.isContainerNode()
              || element.isTextual();
      if (scalar && !(element.isIntegralNumber() && element.bigIntegerValue().signum() >= 0)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whiteSpaceAndTheOrderOfTopLevelKeysDoNotChangeTheHashes() throws Exception {
    for (int seed = 0; seed < 3_000; seed++) {
      RandomRequest request = new RandomRequest(new Random(seed));
      List<String> members = request.members();
      Scanned first = scan(Api.CHAT_COMPLETIONS, request.body(members));
      Collections.shuffle(members, new Random(~seed));
      Scanned shuffled = scan(Api.CHAT_COMPLETIONS, request.body(members));

      assertThat(hashes(shuffled)).as("%d", seed).isEqualTo(hashes(first));
    }
    String pretty =
        "{ \"tools\" : [ { \"a b\" : [ 1 , \"x y\" ] } ] , \"model\":\"m\", \"messages\" : [ { \"role\" : \"user\" , \"content\" : [ { \"type\" : \"image_url\" , \"image_url\" : { \"url\" : \"u\" } } ] } ] }";
    String compact =
        "{\"tools\":[{\"a b\":[1,\"x y\"]}],\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}]}]}";
    assertThat(hashes(scan(Api.CHAT_COMPLETIONS, pretty)))
        .isEqualTo(hashes(scan(Api.CHAT_COMPLETIONS, compact)));
  }

  private static long[] hashes(Scanned scanned) {
    return scanned instanceof RequestFacts facts ? facts.blockHashes() : new long[] {-1};
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'messages':[{'role':'user','content':'a'}]|'messages':[{'role':'user','content':'b'}]",
        "'messages':[{'role':'user','content':'a'}]|'messages':[{'role':'system','content':'a'}]",
        "'messages':[{'role':'user','content':'ab'}]|'messages':[{'role':'user','content':[{'text':'a'},{'text':'b'}]}]",
        "'messages':[{'role':'u','content':'a'},{'role':'u','content':'b'}]|'messages':[{'role':'u','content':'b'},{'role':'u','content':'a'}]",
        "'messages':[{'role':'u','content':[{'type':'image_url','image_url':{'url':'x'}}]}]|'messages':[{'role':'u','content':[{'type':'image_url','image_url':{'url':'y'}}]}]",
        "'messages':[],'tools':[{'name':'a'}]|'messages':[],'tools':[{'name':'b'}]",
        "'messages':[],'system':'a'|'messages':[],'system':'b'",
        "'input':'x','instructions':'a'|'input':'x','instructions':'b'",
        "'messages':[],'cache_salt':'a'|'messages':[],'cache_salt':'b'",
        "'messages':[{'role':'a','tool_calls':[1]}]|'messages':[{'role':'a','tool_calls':[2]}]",
        "'input':[{'type':'function_call_output','output':'1'}]|'input':[{'type':'function_call_output','output':'2'}]",
        "'prompt':[1,2]|'prompt':[12]",
        "'prompt':[[1],[2]]|'prompt':[[1,2]]",
        "'prompt':['a','b']|'prompt':['ab']",
      })
  void promptsThatDifferHashDifferently(String one, String other) {
    String head = "{'model':'m',";
    RequestFacts first = chat((head + one + "}").replace('\'', '"'));
    RequestFacts second = chat((head + other + "}").replace('\'', '"'));

    assertThat(first.blockHashes()).isNotEqualTo(second.blockHashes());
    assertThat(first.blockCount()).isPositive();
  }

  @Test
  void aLongerConversationKeepsTheFullBlocksOfTheShorterOne() {
    String turn = "{\"role\":\"user\",\"content\":\"" + "tell me more about it ".repeat(40) + "\"}";
    RequestFacts shorter = chat("{\"model\":\"m\",\"messages\":[" + turn + "]}");
    RequestFacts longer =
        chat(
            "{\"model\":\"m\",\"messages\":["
                + turn
                + ",{\"role\":\"assistant\",\"content\":\"no\"}]}");
    int full = shorter.promptBytes() / 64;

    assertThat(full).isGreaterThan(10);
    assertThat(Arrays.copyOf(longer.blockHashes(), full))
        .isEqualTo(Arrays.copyOf(shorter.blockHashes(), full));
    assertThat(longer.blockHashes()[full]).isNotEqualTo(shorter.blockHashes()[full]);
  }

  @Test
  void aStringInputIsOneUserMessage() {
    RequestFacts text = facts(Api.RESPONSES, "{\"model\":\"m\",\"input\":\"hello world\"}");
    RequestFacts list =
        facts(
            Api.RESPONSES,
            "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":\"hello world\"}]}");

    assertThat(text.promptCodePoints()).isEqualTo(39);
    assertThat(text.blockHashes()).isEqualTo(list.blockHashes());
  }

  @Test
  void tokenIdsAreCountedExactly() {
    assertThat(
            facts(Api.COMPLETIONS, "{\"model\":\"m\",\"prompt\":[1,2,3,151643]}").tokenEstimate())
        .isEqualTo(4);
    assertThat(facts(Api.COMPLETIONS, "{\"model\":\"m\",\"prompt\":[[1,2],[3]]}").tokenEstimate())
        .isEqualTo(3);
    assertThat(facts(Api.EMBEDDINGS, "{\"model\":\"m\",\"input\":[ 1, 2 ]}").blockHashes())
        .isEqualTo(facts(Api.EMBEDDINGS, "{\"model\":\"m\",\"input\":[1,2]}").blockHashes());
  }

  @Test
  void anEmptyPromptHasNoTokens() {
    RequestFacts facts = facts(Api.COMPLETIONS, "{\"model\":\"m\",\"prompt\":\"\"}");

    assertThat(facts.tokenEstimate()).isZero();
    assertThat(facts.blockCount()).isZero();
  }

  @Test
  void tenMillionTokensAreScanned() {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\""
            + "word ".repeat(8_000_000)
            + "\"}],\"model\":\"m\"}";
    RequestFacts facts = chat(body);

    assertThat(facts.tokenEstimate()).isEqualTo(10_000_007);
    assertThat(facts.blockCount()).isLessThan(10_500);
  }
}
