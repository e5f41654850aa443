package io.ergane.core.engine;

import io.ergane.core.engine.MetricDialect.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Describes a {@link MetricDialect}. A method called again for the same value adds an alternative;
 * the first alternative that an exposition has all series of wins.
 *
 * <p>A selector is a sample name, or {@code name{label=value}} to take only series so labelled.
 */
final class DialectBuilder {

  private final String engine;
  private final List<Cell> cells = new ArrayList<>();
  private final Map<Value, List<Formula>> formulas = new EnumMap<>(Value.class);
  private int metricsPort = MetricDialect.SERVING_PORT;

  DialectBuilder(String engine) {
    this.engine = engine;
  }

  /** The port metrics are served on unless told otherwise, when it is not the serving port. */
  DialectBuilder metricsPort(int port) {
    metricsPort = port;
    return this;
  }

  DialectBuilder running(String selector) {
    return first(Value.RUNNING, Cell.of(selector, Cell.Fold.SUM));
  }

  DialectBuilder waiting(String selector) {
    return first(Value.WAITING, Cell.of(selector, Cell.Fold.SUM));
  }

  /** A gauge from 0 to 1. */
  DialectBuilder kvUsage(String selector) {
    return first(Value.KV_USAGE, Cell.of(selector, Cell.Fold.MAX));
  }

  DialectBuilder kvUsageRatio(String used, String total) {
    return pair(Value.KV_USAGE, Formula.Op.RATIO, sum(used), sum(total), 1);
  }

  /** A gauge in tokens. */
  DialectBuilder kvCapacity(String selector) {
    return first(Value.KV_CAPACITY, Cell.of(selector, Cell.Fold.SUM));
  }

  DialectBuilder kvCapacity(String blocks, String tokensPerBlock) {
    Cell size = Cell.of(tokensPerBlock, Cell.Fold.MAX);
    return pair(Value.KV_CAPACITY, Formula.Op.PRODUCT, sum(blocks), size, 1);
  }

  /** Blocks and tokens a block as labels of an info sample. */
  DialectBuilder kvCapacityFromLabels(String name, String blocks, String tokensPerBlock) {
    return first(
        Value.KV_CAPACITY,
        new Cell(List.of(name), null, Cell.Fold.SUM, List.of(blocks, tokensPerBlock)));
  }

  /** A histogram or summary family; {@code scale} turns its unit into seconds. */
  DialectBuilder ttft(String family, double scale) {
    return mean(Value.TTFT_SUM, sum(family + "_sum"), Value.TTFT_COUNT, family + "_count", scale);
  }

  /** A request counter and the counters whose total is the time of these requests. */
  DialectBuilder ttftFromCounters(String count, double scale, String... sums) {
    Cell sum = new Cell(List.of(sums), null, Cell.Fold.SUM, List.of());
    return mean(Value.TTFT_SUM, sum, Value.TTFT_COUNT, count, scale);
  }

  /** A histogram or summary family; {@code scale} turns its unit into seconds. */
  DialectBuilder tpot(String family, double scale) {
    return mean(Value.TPOT_SUM, sum(family + "_sum"), Value.TPOT_COUNT, family + "_count", scale);
  }

  MetricDialect build() {
    return new MetricDialect(engine, metricsPort, cells, formulas);
  }

  private static Cell sum(String selector) {
    return Cell.of(selector, Cell.Fold.SUM);
  }

  private DialectBuilder mean(Value sum, Cell total, Value count, String counter, double scale) {
    pair(sum, Formula.Op.FIRST, total, sum(counter), scale);
    return pair(count, Formula.Op.FIRST, sum(counter), total, 1);
  }

  private DialectBuilder first(Value value, Cell cell) {
    return add(value, new Formula(Formula.Op.FIRST, indexOf(cell), Formula.NONE, 1));
  }

  private DialectBuilder pair(Value value, Formula.Op op, Cell first, Cell second, double scale) {
    return add(value, new Formula(op, indexOf(first), indexOf(second), scale));
  }

  private DialectBuilder add(Value value, Formula formula) {
    formulas.computeIfAbsent(value, v -> new ArrayList<>()).add(formula);
    return this;
  }

  private int indexOf(Cell cell) {
    int known = cells.indexOf(cell);
    if (known >= 0) {
      return known;
    }
    cells.add(cell);
    return cells.size() - 1;
  }
}
