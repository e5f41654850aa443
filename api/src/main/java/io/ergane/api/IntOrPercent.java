package io.ergane.api;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of things or a share of them, such as {@code 2} or {@code 25%}.
 *
 * @param amount the number, or hundredths of the whole; manifests may hold any value
 * @param percent whether {@code amount} is hundredths
 */
public record IntOrPercent(int amount, boolean percent) {
  static final String PATTERN = "^[0-9]+%$";
  private static final Pattern PERCENT = Pattern.compile(PATTERN);
  private static final int LONGEST = 10;

  /** Which way a share that is not whole goes. */
  public enum Rounding {
    UP,
    DOWN
  }

  /** A number of things. */
  public static IntOrPercent of(int number) {
    return new IntOrPercent(number, false);
  }

  /**
   * Parses {@code 25%} or {@code 2}.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static IntOrPercent parse(String text) {
    IntOrPercent percent = tryPercent(text);
    try {
      return percent != null ? percent : of(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is neither a whole number nor a percentage such as 25%");
    }
  }

  /** Parses a percentage; null if the text is not one. */
  static @Nullable IntOrPercent tryPercent(String text) {
    if (text.length() > LONGEST || !PERCENT.matches(text)) {
      return null;
    }
    long amount = Long.parseLong(text.substring(0, text.length() - 1));
    return amount > Integer.MAX_VALUE ? null : new IntOrPercent((int) amount, true);
  }

  /** The number of things out of a total; a plain number is taken as it is. */
  public int of(int total, Rounding rounding) {
    if (!percent) {
      return amount;
    }
    long hundredths = (long) amount * total;
    long whole =
        rounding == Rounding.UP ? Math.ceilDiv(hundredths, 100) : Math.floorDiv(hundredths, 100);
    return Math.clamp(whole, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** {@code 2} or {@code 25%}. */
  @Override
  public String toString() {
    return percent ? amount + "%" : Integer.toString(amount);
  }
}
