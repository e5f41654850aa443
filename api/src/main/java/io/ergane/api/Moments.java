package io.ergane.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Moments as RFC 3339 writes them. */
public final class Moments {
  /** Length of {@code 2026-01-31T08:30:00Z}, the form in which API servers write all but a few. */
  private static final int USUAL = 20;

  private Moments() {}

  /** The moment that a text names; null when it names none. */
  public static @Nullable Instant parse(String text) {
    try {
      return isUsual(text) ? usual(text) : any(text);
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static Instant any(String text) {
    return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
  }

  private static boolean isUsual(String text) {
    if (text.length() != USUAL) {
      return false;
    }
    for (int i = 0; i < USUAL; i++) {
      char expected = "dddd-dd-ddTdd:dd:ddZ".charAt(i);
      char found = text.charAt(i);
      if (expected == 'd' ? found < '0' || found > '9' : found != expected) {
        return false;
      }
    }
    return true;
  }

  private static Instant usual(String text) {
    LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    return hour < 24 && minute < 60 && second < 60
        ? Instant.ofEpochSecond(day.toEpochDay() * 86_400 + hour * 3_600L + minute * 60L + second)
        : any(text);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
