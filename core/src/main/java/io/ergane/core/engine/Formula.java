package io.ergane.core.engine;

/**
 * How one value of an {@link EngineSample} comes out of cells.
 *
 * @param op what is computed
 * @param first index of the first cell, which must have been seen
 * @param second index of the second cell, which must have been seen too; {@link #NONE} for no other
 * @param scale factor that brings the result to the sample's unit
 */
record Formula(Op op, int first, int second, double scale) {

  static final int NONE = -1;

  enum Op {
    /** The first cell; the second must merely be there. */
    FIRST,
    PRODUCT,
    RATIO
  }

  Formula shifted(int cells) {
    return new Formula(op, first + cells, second == NONE ? NONE : second + cells, scale);
  }

  boolean applies(boolean[] seen) {
    return seen[first] && (second == NONE || seen[second]);
  }

  double value(double[] cells) {
    return switch (op) {
      case FIRST -> cells[first] * scale;
      case PRODUCT -> cells[first] * cells[second] * scale;
      case RATIO -> cells[first] / cells[second] * scale;
    };
  }
}
