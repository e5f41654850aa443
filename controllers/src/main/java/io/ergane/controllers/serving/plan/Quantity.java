package io.ergane.controllers.serving.plan;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource in the notation of Kubernetes: {@code 500m}, {@code 1.5}, {@code 80Gi},
 * {@code 2e3}.
 *
 * @param amount in units of the resource
 * @param binary whether it was written with a power of 1024
 */
record Quantity(BigDecimal amount, boolean binary) {
  static final Quantity ZERO = new Quantity(BigDecimal.ZERO, false);
  private static final int MAX_LENGTH = 64;
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final String BINARY = "KMGTPE";
  private static final Map<String, Integer> DECIMAL =
      Map.of("n", -9, "u", -6, "m", -3, "", 0, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);

  /** Reads text or a plain number; null if it is neither. */
  static @Nullable Quantity parse(@Nullable Object value) {
    String text = value instanceof String || value instanceof Number ? value.toString().trim() : "";
    if (text.isEmpty() || text.length() > MAX_LENGTH) return null;
    int end = text.length();
    boolean binary = text.endsWith("i");
    if (binary) {
      int power = end < 2 ? -1 : BINARY.indexOf(text.charAt(end - 2));
      BigDecimal number = power < 0 ? null : number(text.substring(0, end - 2));
      return number == null ? null : new Quantity(number.multiply(KIBI.pow(power + 1)), true);
    }
    BigDecimal plain = number(text);
    if (plain != null) return new Quantity(plain, false);
    Integer exponent = DECIMAL.get(text.substring(end - 1));
    BigDecimal number = exponent == null ? null : number(text.substring(0, end - 1));
    return number == null || exponent == null
        ? null
        : new Quantity(number.scaleByPowerOfTen(exponent), false);
  }

  private static @Nullable BigDecimal number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      return Math.abs((long) number.scale()) > MAX_LENGTH ? null : number;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  Quantity plus(Quantity other) {
    return new Quantity(amount.add(other.amount), binary || other.binary);
  }

  Quantity times(int factor) {
    return new Quantity(amount.multiply(BigDecimal.valueOf(factor)), binary);
  }

  Quantity max(Quantity other) {
    return other.amount.compareTo(amount) > 0 ? other : this;
  }

  /** The amount without a suffix; equal amounts give equal texts. */
  String plain() {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  /** In the shortest exact form; parts below 10⁻⁹ are rounded up. */
  @Override
  public String toString() {
    BigDecimal value = amount.stripTrailingZeros();
    if (value.signum() == 0) return "0";
    if (value.scale() > 0) {
      BigDecimal milli = value.scaleByPowerOfTen(3).stripTrailingZeros();
      if (milli.scale() <= 0) return milli.toPlainString() + "m";
      return value.scaleByPowerOfTen(9).setScale(0, RoundingMode.CEILING).toPlainString() + "n";
    }
    int power = 0;
    while (binary && power < BINARY.length() && value.remainder(KIBI).signum() == 0) {
      value = value.divide(KIBI);
      power++;
    }
    return value.toPlainString() + (power == 0 ? "" : BINARY.charAt(power - 1) + "i");
  }
}
