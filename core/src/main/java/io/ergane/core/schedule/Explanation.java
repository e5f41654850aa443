package io.ergane.core.schedule;

import io.ergane.core.routing.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a decision came out as it did: each filter's verdict and each scorer's column, row by row,
 * and the resulting order. Filled by one decision, then read.
 */
public final class Explanation {
  private List<Endpoint> endpoints = List.of();
  private final List<Filtered> filters = new ArrayList<>();
  private final List<Scored> scores = new ArrayList<>();
  private float[] totals = new float[0];
  private int[] order = new int[0];
  private final Map<Signal, float[]> columns = new EnumMap<>(Signal.class);
  private long seed;
  private long sequence;

  /** A filter and the rows that it left; a built-in filter that would have left none left all. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Filtered(String filter, boolean[] left) {}

  /**
   * A scorer's column.
   *
   * @param scores one a row; NaN where the row was no candidate
   * @param neutral rows whose score was unknown and stands for the mean of the known
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Scored(String scorer, int weight, float[] scores, boolean[] neutral) {}

  /**
   * Freezes what the decision is made on.
   *
   * @param known the columns that are filled
   */
  void frozen(List<Endpoint> rows, Round round, Set<Signal> known) {
    endpoints = List.copyOf(rows);
    seed = round.seed();
    sequence = round.sequence();
    for (Signal signal : known) {
      columns.put(signal, Arrays.copyOf(round.column(signal), rows.size()));
    }
  }

  void filtered(String filter, boolean[] left) {
    filters.add(new Filtered(filter, left));
  }

  void scored(String scorer, int weight, float[] scores, boolean[] neutral) {
    this.scores.add(new Scored(scorer, weight, scores, neutral));
  }

  void chosen(float[] totals, int[] order) {
    this.totals = totals;
    this.order = order;
  }

  /** The pool's endpoints in row order. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** In-flight counts by row, before the choice. */
  public float[] inFlight() {
    float[] column = column(Signal.IN_FLIGHT);
    return column == null ? new float[0] : column;
  }

  /** What was known of a signal, by row; null when no plugin reads it. */
  public float @Nullable [] column(Signal signal) {
    float[] column = columns.get(signal);
    return column == null ? null : column.clone();
  }

  /** The draw among equal endpoints. */
  public long seed() {
    return seed;
  }

  /** Decisions that the pool had made before. */
  public long sequence() {
    return sequence;
  }

  public List<Filtered> filters() {
    return List.copyOf(filters);
  }

  public List<Scored> scores() {
    return List.copyOf(scores);
  }

  /** Weighted sums by row; empty when no row was left. */
  public float[] totals() {
    return totals.clone();
  }

  /** Chosen row first, then its fallbacks; empty when the request was refused. */
  public int[] order() {
    return order.clone();
  }
}
