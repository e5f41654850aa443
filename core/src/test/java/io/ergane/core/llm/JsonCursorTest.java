package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {
  private static final JsonFactory JACKSON = new JsonFactory();
  private static final int CASES = 60_000;

  private final JsonCursor cursor = new JsonCursor(500);

  @Test
  void acceptsWhatJacksonAcceptsInStrictUtf8() {
    int accepted = 0;
    for (int seed = 0; seed < CASES; seed++) {
      RandomJson json = new RandomJson(new Random(seed));
      byte[] text =
          utf8(
              json.space() + (seed % 20 == 0 ? json.brokenString() : json.value(4)) + json.space());
      byte[] bytes = seed % 4 == 0 ? text : json.mutated(text);
      boolean expected = jacksonAccepts(bytes);
      accepted += expected ? 1 : 0;

      assertThat(accepts(bytes))
          .as(() ->
              new String(bytes, StandardCharsets.UTF_8) + " = " + HexFormat.of().formatHex(bytes))
          .isEqualTo(expected);
    }
    assertThat(accepted).isBetween(CASES / 4, CASES * 3 / 4);
  }

  @Test
  void everyPrefixOfATextIsTruncated() {
    for (int seed = 0; seed < 300; seed++) {
      RandomJson json = new RandomJson(new Random(seed));
      byte[] text = utf8("{\"a\":" + json.value(3) + "}");
      for (int length = 1; length < text.length; length++) {
        assertThat(problem(text, length))
            .as("%s cut at %d", seed, length)
            .isEqualTo(Problem.TRUNCATED);
      }
    }
  }

  @Test
  void readsTheTextOfAStringAndItsCodePointsAsJacksonDoes() throws Exception {
    for (int seed = 0; seed < 20_000; seed++) {
      String literal = new RandomJson(new Random(seed)).brokenString();
      byte[] bytes = utf8(literal);
      cursor.reset(bytes, 0, bytes.length);
      cursor.skip(0);
      String expected;
      try (JsonParser parser = JACKSON.createParser(literal)) {
        parser.nextToken();
        expected = parser.getText();
      }

      assertThat(cursor.text()).as(literal).isEqualTo(expected);
      assertThat(cursor.codePoints())
          .as(literal)
          .isEqualTo(expected.codePointCount(0, expected.length()));
    }
  }

  @Test
  void findsEverySpecialByteAtEveryPlace() {
    byte[] text = ("\"" + "x".repeat(80) + "\"").getBytes(StandardCharsets.US_ASCII);
    for (int at = 1; at <= 80; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = text.clone();
        changed[at] = (byte) value;
        boolean plain = value >= 0x20 && value < 0x80 && value != '"' && value != '\\';

        assertThat(accepts(changed)).as("byte %d at %d", value, at).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080",
        "c1bf",
        "e08080",
        "e09fbf",
        "eda080",
        "edbfbf",
        "f0808080",
        "f08fbfbf",
        "f4908080",
        "f5808080",
        "ff",
        "80",
        "c2",
        "e282",
        "f09d84",
        "c220"
      })
  void refusesMalformedUtf8(String hex) {
    byte[] bad = HexFormat.of().parseHex("22" + "61".repeat(20) + hex + "6122");

    assertThat(problem(bad, bad.length)).isEqualTo(Problem.NOT_UTF8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf"})
  void acceptsTheEdgesOfUtf8(String hex) {
    assertThat(accepts(HexFormat.of().parseHex("22" + hex + "22"))).isTrue();
  }

  private boolean accepts(byte[] bytes) {
    return problem(bytes, bytes.length) == null;
  }

  private @Nullable Problem problem(byte[] bytes, int length) {
    cursor.reset(bytes, 0, length);
    try {
      cursor.skip(0);
      return cursor.atEnd() ? null : Problem.TRAILING_DATA;
    } catch (MalformedJson e) {
      return e.malformed.problem();
    }
  }

  private static boolean jacksonAccepts(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return false;
    }
    if (guessedAsUtf16(text)) {
      return false;
    }
    try (JsonParser parser = JACKSON.createParser(utf8(withoutSurrogateEscapes(text)))) {
      JsonToken first = parser.nextToken();
      parser.skipChildren();
      return first != null && parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Jackson refuses unpaired surrogate escapes in keys, the grammar does not. */
  private static String withoutSurrogateEscapes(String text) {
    return text.replaceAll("\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}", "\\\\u0041");
  }

  /**
   * A byte order mark, or a zero among the first bytes; neither can begin a JSON text, Jackson sees
   * UTF-16 or -32.
   */
  private static boolean guessedAsUtf16(String text) {
    return text.startsWith("\uFEFF")
        || text.substring(0, Math.min(4, text.length())).indexOf(0) >= 0;
  }
}
