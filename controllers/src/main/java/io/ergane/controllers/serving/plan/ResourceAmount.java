package io.ergane.controllers.serving.plan;

import io.ergane.api.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource, to be counted with.
 *
 * @param amount in units of the resource
 * @param binary whether it was written with a power of 1024
 */
record ResourceAmount(BigDecimal amount, boolean binary) {
  static final ResourceAmount ZERO = new ResourceAmount(BigDecimal.ZERO, false);
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final String BINARY = "KMGTPE";

  /** Reads text or a plain number; null if it is neither. */
  static @Nullable ResourceAmount parse(@Nullable Object value) {
    String text = value instanceof String || value instanceof Number ? value.toString().trim() : "";
    Quantity quantity = Quantity.tryParse(text);
    return quantity == null ? null : new ResourceAmount(quantity.value(), text.endsWith("i"));
  }

  ResourceAmount plus(ResourceAmount other) {
    return new ResourceAmount(amount.add(other.amount), binary || other.binary);
  }

  ResourceAmount times(int factor) {
    return new ResourceAmount(amount.multiply(BigDecimal.valueOf(factor)), binary);
  }

  ResourceAmount max(ResourceAmount other) {
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
