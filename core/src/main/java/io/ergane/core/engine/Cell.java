package io.ergane.core.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One number collected from an exposition: some series, folded into one.
 *
 * @param names sample names, each exact; with their suffix ({@code _sum}, {@code _total}) if any
 * @param only the label a series must carry; null takes all series
 * @param fold how several series become one number
 * @param factors labels whose values are multiplied to give the number; empty takes the sample's
 */
record Cell(List<String> names, @Nullable LabelIs only, Fold fold, List<String> factors) {

  /** A label and the value it must have. */
  record LabelIs(String label, String value) {}

  enum Fold {
    SUM {
      @Override
      double join(double a, double b) {
        return a + b;
      }
    },
    MAX {
      @Override
      double join(double a, double b) {
        return Math.max(a, b);
      }
    };

    /** Both operands' fold; NaN if either is. */
    abstract double join(double a, double b);
  }

  /** The cell of a selector: {@code name} or {@code name{label=value}}. */
  static Cell of(String selector, Fold fold) {
    int brace = selector.indexOf('{');
    if (brace < 0) {
      return new Cell(List.of(selector), null, fold, List.of());
    }
    int equals = selector.indexOf('=', brace);
    if (equals < 0 || !selector.endsWith("}")) {
      throw new IllegalArgumentException(
          "selector \"%s\" is neither name nor name{label=value}".formatted(selector));
    }
    var only =
        new LabelIs(
            selector.substring(brace + 1, equals),
            selector.substring(equals + 1, selector.length() - 1));
    return new Cell(List.of(selector.substring(0, brace)), only, fold, List.of());
  }
}
