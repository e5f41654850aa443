package io.ergane.api;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An amount in Kubernetes' notation: a decimal number, then nothing, a power of ten ({@code m},
 * {@code k}, {@code M}, {@code e3} …) or of two ({@code Ki}, {@code Mi} …), e.g. {@code 100m} or
 * {@code 2Gi}.
 *
 * @param text as it was written
 */
public record Quantity(String text) {
  /** The pattern of the Kubernetes API. */
  static final String PATTERN =
      "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))"
          + "(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

  private static final int LONGEST = 64;
  private static final int LARGEST_EXPONENT = 300;
  private static final Pattern PARTS =
      Pattern.compile("([+-]?[0-9]*\\.?[0-9]*)(?:[eE]([+-]?[0-9]{1,3})|([KMGTPE]i|[numkMGTPE]))?");
  private static final Map<String, Integer> TENS =
      Map.of("n", -9, "u", -6, "m", -3, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);
  private static final String TWOS = "KMGTPE";

  /**
   * Checks the notation.
   *
   * @throws IllegalArgumentException if the text is not a quantity
   */
  public Quantity {
    if (valueOf(text) == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a quantity such as 4, 0.5 or 2Gi");
    }
  }

  /** The quantity that a text says; null if it is none. */
  public static @Nullable Quantity tryParse(String text) {
    return valueOf(text) == null ? null : new Quantity(text);
  }

  /** The amount, exact. */
  public BigDecimal value() {
    BigDecimal value = valueOf(text);
    if (value == null) {
      throw new IllegalStateException(text);
    }
    return value;
  }

  private static @Nullable BigDecimal valueOf(String text) {
    Matcher parts = PARTS.matcher(text.length() > LONGEST ? "" : text);
    if (!parts.matches()) {
      return null;
    }
    BigDecimal number = decimal(parts.group(1));
    String exponent = parts.group(2);
    String suffix = parts.group(3);
    if (number == null) {
      return null;
    }
    if (exponent != null) {
      int power = Integer.parseInt(exponent);
      return Math.abs(power) > LARGEST_EXPONENT ? null : number.scaleByPowerOfTen(power);
    }
    if (suffix == null) {
      return number;
    }
    return suffix.length() == 2
        ? number.multiply(BigDecimal.valueOf(1L << (10 * (1 + TWOS.indexOf(suffix.charAt(0))))))
        : number.scaleByPowerOfTen(TENS.getOrDefault(suffix, 0));
  }

  private static @Nullable BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
