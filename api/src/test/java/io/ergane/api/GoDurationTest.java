package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "1ns, 1",
    "1us, 1000",
    "1µs, 1000",
    "1μs, 1000",
    "100ms, 100000000",
    "10s, 10000000000",
    "1m30s, 90000000000",
    "1h, 3600000000000",
    "1.5h, 5400000000000",
    ".5s, 500000000",
    "1.s, 1000000000",
    "-1m, -60000000000",
    "+5s, 5000000000",
    "1s1s, 2000000000",
    "0.3333333333333333333h, 1199999999999",
    "9223372036854775807ns, 9223372036854775807",
    "-9223372036854775808ns, -9223372036854775808"
  })
  void readsGosNotation(String text, long nanos) {
    assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        "3",
        "1.5",
        "s",
        ".s",
        "1x",
        "1 s",
        " 1s",
        "1s ",
        "--1s",
        "1..5s",
        "PT10S",
        "1d",
        "9223372036854775808ns",
        "-9223372036854775809ns",
        "3000000h",
        "1sm",
        "١s"
      })
  void refusesWhatGoRefuses(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1m30s");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "1100, 1.1µs",
    "2200000, 2.2ms",
    "3300000000, 3.3s",
    "100000000, 100ms",
    "10000000000, 10s",
    "245000000000, 4m5s",
    "245001000000, 4m5.001s",
    "18367001000000, 5h6m7.001s",
    "3600000000000, 1h0m0s",
    "480000000001, 8m0.000000001s",
    "9223372036854775807, 2562047h47m16.854775807s",
    "-9223372036854775808, -2562047h47m16.854775808s"
  })
  void printsAsGoDoes(long nanos, String text) {
    assertThat(GoDuration.print(Duration.ofNanos(nanos))).isEqualTo(text);
  }

  @Test
  void readingWhatWasPrintedGivesTheSameDuration() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(64));

      assertThat(GoDuration.parse(GoDuration.print(duration))).isEqualTo(duration);
    }
  }
}
