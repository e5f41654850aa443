package io.ergane.core.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which series of an engine's exposition carry what an {@link EngineSample} holds. Immutable; see
 * {@link MetricDialects} for those there are.
 */
public final class MetricDialect {

  /** {@link #metricsPort()} of an engine that serves metrics and requests on one port. */
  public static final int SERVING_PORT = -1;

  /** The values of a sample, in no order that matters. */
  enum Value {
    RUNNING,
    WAITING,
    KV_USAGE,
    TTFT_SUM,
    TTFT_COUNT,
    TPOT_SUM,
    TPOT_COUNT,
    KV_CAPACITY
  }

  private final String engine;
  private final int metricsPort;
  private final List<Cell> cells;
  private final Map<Value, List<Formula>> formulas;
  private final NameIndex names;

  MetricDialect(
      String engine, int metricsPort, List<Cell> cells, Map<Value, List<Formula>> formulas) {
    this.engine = engine;
    this.metricsPort = metricsPort;
    this.cells = List.copyOf(cells);
    this.formulas = new EnumMap<>(Value.class);
    for (Value value : Value.values()) {
      this.formulas.put(value, List.copyOf(formulas.getOrDefault(value, List.of())));
    }
    this.names = new NameIndex(this.cells);
  }

  /** One dialect that reads what any of these read; for each value the first that applies wins. */
  static MetricDialect anyOf(List<MetricDialect> dialects) {
    List<Cell> cells = new ArrayList<>();
    Map<Value, List<Formula>> formulas = new EnumMap<>(Value.class);
    for (MetricDialect dialect : dialects) {
      int shift = cells.size();
      dialect.formulas.forEach((value, alternatives) ->
          alternatives.forEach(formula ->
              formulas.computeIfAbsent(value, v -> new ArrayList<>()).add(formula.shifted(shift))));
      cells.addAll(dialect.cells);
    }
    return new MetricDialect("any", SERVING_PORT, cells, formulas);
  }

  /** The engine's name as its makers write it. */
  public String engine() {
    return engine;
  }

  /** The engine's usual port for {@code /metrics}, or {@link #SERVING_PORT}. */
  public int metricsPort() {
    return metricsPort;
  }

  @Override
  public String toString() {
    return engine;
  }

  NameIndex names() {
    return names;
  }

  List<Cell> cells() {
    return cells;
  }

  /** The sample that these cells make; {@code values} counts only where {@code seen}. */
  EngineSample sample(double[] values, boolean[] seen) {
    double capacity = value(Value.KV_CAPACITY, values, seen);
    return new EngineSample(
        (float) value(Value.RUNNING, values, seen),
        (float) value(Value.WAITING, values, seen),
        (float) value(Value.KV_USAGE, values, seen),
        value(Value.TTFT_SUM, values, seen),
        value(Value.TTFT_COUNT, values, seen),
        value(Value.TPOT_SUM, values, seen),
        value(Value.TPOT_COUNT, values, seen),
        capacity > 0 ? (long) capacity : -1);
  }

  private double value(Value value, double[] values, boolean[] seen) {
    List<Formula> alternatives = formulas.getOrDefault(value, List.of());
    for (int i = 0; i < alternatives.size(); i++) {
      if (alternatives.get(i).applies(seen)) {
        return alternatives.get(i).value(values);
      }
    }
    return Double.NaN;
  }
}
