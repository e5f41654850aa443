package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalTextTest {

  @Test
  void everyDoubleIsReadAsJavaReadsIt() {
    for (int seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      String text =
          switch (seed % 4) {
            case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
            case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 2 -> Double.toString(random.nextDouble());
            default -> random.nextInt(1000) + "." + (random.nextLong() >>> 1);
          };
      assertThat(parse(text)).as(text).isEqualTo(Double.parseDouble(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1.",
        ".5",
        "+3",
        "-3.5e+10",
        "1E5",
        "00012",
        "0.1000000000000000055511151231257827"
      })
  void decimalsAreNumbers(String text) {
    assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
  }

  @Test
  void specialsAreNumbersInAnyCase() {
    assertThat(parse("NaN")).isNaN();
    assertThat(parse("nan")).isNaN();
    assertThat(parse("+Inf")).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(parse("inf")).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(parse("-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "+", "-", "e5", "1e", "1e+", "1.2.3", "0x10", "1d", "1f", "12a", "--1", "1 2",
        "Infinit", "-NaN"
      })
  void otherTextIsNotANumber(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(DecimalText.isNumber(bytes, 0, bytes.length)).isFalse();
  }

  private static double parse(String text) {
    byte[] bytes = ("9" + text + "9").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(DecimalText.isNumber(bytes, 1, bytes.length - 1)).as(text).isTrue();
    return DecimalText.parse(bytes, 1, bytes.length - 1);
  }
}
