package io.ergane.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Durations in Go's notation, which Kubernetes uses: {@code 1h30m}, {@code 100ms}, {@code 1.5s}.
 *
 * <p>The notation is that of Go's {@code time.ParseDuration} and {@code Duration.String}: an
 * optional sign, then decimal numbers each with a unit of {@code ns}, {@code us} ({@code µs}),
 * {@code ms}, {@code s}, {@code m} or {@code h}; or a plain {@code 0}. The range is that of 64-bit
 * nanoseconds, about ±292 years.
 */
public final class GoDuration {
  private static final int MAX_LENGTH = 128;
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

  private GoDuration() {}

  /**
   * Parses a duration.
   *
   * @throws IllegalArgumentException if the text is not a duration or out of range; the message
   *     says what is accepted
   */
  public static Duration parse(String text) {
    Duration parsed = tryParse(text);
    if (parsed == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a duration; write it like 500ms, 10s or 1m30s");
    }
    return parsed;
  }

  /** Parses a duration; null if the text is not one or out of range. */
  static @Nullable Duration tryParse(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String amount = signed ? text.substring(1) : text;
    if (amount.equals("0")) {
      return Duration.ZERO;
    }
    BigInteger nanos = amount.isEmpty() ? null : unsigned(amount);
    if (nanos == null) {
      return null;
    }
    BigInteger value = text.startsWith("-") ? nanos.negate() : nanos;
    boolean inRange = value.compareTo(MIN) >= 0 && value.compareTo(MAX) <= 0;
    return inRange ? Duration.ofNanos(value.longValue()) : null;
  }

  private static @Nullable BigInteger unsigned(String text) {
    BigInteger total = BigInteger.ZERO;
    int at = 0;
    while (at < text.length()) {
      int numberEnd = skip(text, at, true);
      int unitEnd = skip(text, numberEnd, false);
      BigDecimal number = number(text.substring(at, numberEnd));
      long unit = nanosOf(text.substring(numberEnd, unitEnd));
      if (number == null || unit == 0) {
        return null;
      }
      BigDecimal nanos = number.multiply(BigDecimal.valueOf(unit));
      total = total.add(nanos.setScale(0, RoundingMode.DOWN).toBigInteger());
      at = unitEnd;
    }
    return total;
  }

  /** The first index from {@code at} where being part of a number ends (or begins). */
  private static int skip(String text, int at, boolean number) {
    int end = at;
    while (end < text.length() && isNumber(text.charAt(end)) == number) {
      end++;
    }
    return end;
  }

  private static boolean isNumber(char c) {
    return c == '.' || (c >= '0' && c <= '9');
  }

  private static @Nullable BigDecimal number(String digits) {
    int point = digits.indexOf('.');
    boolean plain = point == digits.lastIndexOf('.') && digits.length() > (point < 0 ? 0 : 1);
    return plain ? new BigDecimal(digits) : null;
  }

  /** Nanoseconds of a unit; 0 for no known unit. */
  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "\u00b5s", "\u03bcs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 0L;
    };
  }

  /**
   * Prints a duration as Go does, e.g. {@code 1m30s}, {@code 1.5ms} or {@code 0s}.
   *
   * @throws ArithmeticException if it does not fit 64-bit nanoseconds
   */
  public static String print(Duration duration) {
    long nanos = duration.toNanos();
    BigInteger size = BigInteger.valueOf(nanos).abs();
    String sign = nanos < 0 ? "-" : "";
    if (nanos == 0) {
      return "0s";
    }
    if (size.compareTo(BigInteger.valueOf(1_000_000_000L)) < 0) {
      return sign + belowOneSecond(size.longValueExact());
    }
    BigInteger[] minutes = size.divideAndRemainder(BigInteger.valueOf(60_000_000_000L));
    long minute = minutes[0].longValueExact();
    String seconds = decimal(minutes[1].longValueExact(), 9) + "s";
    if (minute == 0) {
      return sign + seconds;
    }
    String hours = minute >= 60 ? minute / 60 + "h" : "";
    return sign + hours + minute % 60 + "m" + seconds;
  }

  private static String belowOneSecond(long nanos) {
    if (nanos >= 1_000_000) {
      return decimal(nanos, 6) + "ms";
    }
    return nanos >= 1_000 ? decimal(nanos, 3) + "\u00b5s" : nanos + "ns";
  }

  private static String decimal(long value, int scale) {
    BigDecimal number = BigDecimal.valueOf(value, scale).stripTrailingZeros();
    return number.setScale(Math.max(0, number.scale()), RoundingMode.UNNECESSARY).toPlainString();
  }
}
