package io.ergane.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.proxy.Leaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyFramingTest {
  @BeforeAll
  static void watch() {
    Leaks.watch();
  }

  private static final String CHUNKS =
      "5\r\nhello\r\n1;ext=\"a\"\r\n,\r\n00b\r\n wide world\r\n0\r\nTrailer: t\r\n\r\nNEXT";

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static String data(ByteBuf in, BodyFraming framing) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < framing.spans(); i++) {
      out.append(in.toString(framing.start(i), framing.length(i), StandardCharsets.US_ASCII));
    }
    assertThat(out).hasSize(framing.dataBytes());
    return out.toString();
  }

  @Test
  void dataDoesNotDependOnWhereTheBytesAreCut() throws BadMessage {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      BodyFraming framing = new BodyFraming();
      framing.begin(BodyFraming.Kind.CHUNKED, -1);
      StringBuilder out = new StringBuilder();
      int at = 0;
      while (!framing.complete()) {
        int to = Math.min(CHUNKS.length(), at + 1 + random.nextInt(12));
        ByteBuf in = bytes(CHUNKS.substring(at, to));
        framing.read(in);
        out.append(data(in, framing));
        at += in.readerIndex();
      }
      assertThat(out).hasToString("hello, wide world");
      assertThat(CHUNKS.substring(at)).isEqualTo("NEXT");
      assertThat(framing.plain()).isFalse();
    }
  }

  @Test
  void aBodyOfKnownLengthLeavesWhatFollows() throws BadMessage {
    BodyFraming framing = new BodyFraming();
    framing.begin(BodyFraming.Kind.LENGTH, 5);
    ByteBuf in = bytes("helloNEXT");
    framing.read(in);
    assertThat(data(in, framing)).isEqualTo("hello");
    assertThat(framing.complete()).isTrue();
    assertThat(in.readableBytes()).isEqualTo(4);
  }

  @Test
  void onlyABodyWithoutLengthEndsWithItsConnection() {
    BodyFraming framing = new BodyFraming();
    framing.begin(BodyFraming.Kind.LENGTH, 5);
    assertThat(framing.endsWithConnection()).isFalse();
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
    assertThat(framing.endsWithConnection()).isFalse();
    framing.begin(BodyFraming.Kind.UNTIL_CLOSE, -1);
    assertThat(framing.endsWithConnection()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "g\r\n",
        "\r\n",
        ";x\r\n",
        "5\nhello",
        "5\r\nhelloX",
        "5\r\nhello\rX",
        "1234567890abcdef0\r\n",
        "5\rX",
        "0\r\n\rX",
        "0\r\nA\nb",
        "-5\r\n",
        "0x5\r\n",
        "+5\r\n"
      })
  void brokenChunksAreRefused(String text) {
    BodyFraming framing = new BodyFraming();
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
    assertThatThrownBy(() -> framing.read(bytes(text))).isInstanceOf(BadMessage.class);
  }

  @Test
  void extensionsAndTrailersAreBounded() {
    BodyFraming framing = new BodyFraming();
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
    assertThatThrownBy(() -> framing.read(bytes("1;" + "x".repeat(300))))
        .isInstanceOf(BadMessage.class);
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
    assertThatThrownBy(() -> framing.read(bytes("0\r\n" + "a: b\r\n".repeat(2000))))
        .isInstanceOf(BadMessage.class);
  }

  @Test
  void wholeChunksAreToldFromCutOnes() throws BadMessage {
    BodyFraming framing = new BodyFraming();
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
    framing.read(bytes("2\r\nab\r\n"));
    assertThat(framing.betweenChunks()).isTrue();
    framing.read(bytes("2\r\na"));
    assertThat(framing.betweenChunks()).isFalse();
    framing.read(bytes("b\r\n0"));
    assertThat(framing.betweenChunks()).isFalse();
    framing.read(bytes("\r\n\r\n"));
    assertThat(framing.betweenChunks()).isTrue();
    assertThat(framing.plain()).isTrue();
  }
}
