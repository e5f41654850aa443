package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MomentsTest {
  @Test
  void secondsAreReadAsTheCalendarHasThem() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      Instant moment = Instant.ofEpochSecond(random.nextLong(-62_167_219_200L, 253_402_300_800L));
      assertThat(Moments.parse(moment.toString())).isEqualTo(moment);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T08:30:00.123456Z",
        "2026-01-31T08:30:00+02:00",
        "2026-01-31t08:30:00z",
        "2024-02-29T23:59:59Z"
      })
  void otherFormsAreReadAsWell(String text) {
    assertThat(Moments.parse(text))
        .isEqualTo(OffsetDateTime.parse(text.toUpperCase(java.util.Locale.ROOT)).toInstant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "2026-02-29T08:30:00Z",
        "2026-13-01T08:30:00Z",
        "2026-01-31T24:30:00Z",
        "2026-01-31T08:60:00Z",
        "2026-01-31T08:30:61Z",
        "2026-01-31 08:30:00Z",
        "2026-01-31T08:30:00"
      })
  void whatIsNoMomentIsNone(String text) {
    assertThat(Moments.parse(text)).isNull();
  }
}
