package io.ergane.core.schedule;

import io.ergane.core.routing.EndpointTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses endpoints of one pool. Sequential: calls are serialised by the owner. Same table, board,
 * request, time and seed give the same decision.
 *
 * <p>Three filters are built in and only prefer: they are skipped where they would leave nothing.
 * {@code healthy} removes ejected endpoints, {@code slow-start} holds new ones to their share, and
 * {@code lists-adapter} keeps the endpoints that list a requested LoRA adapter. A fourth, {@code
 * subset}, is no preference: a request that names the endpoints it may have gets one of them or
 * none.
 */
public final class PoolScheduler {
  private final SignalBoard board;
  private final EndpointHealth health;
  private final Pipeline pipeline;
  private final Set<Signal> needs;
  private final long maxAge;
  private final Round round = new Round();
  private EndpointTable table;
  private int[] slots;
  private float[] totals = new float[0];
  private float[] scores = new float[0];
  private boolean[] fresh = new boolean[0];
  private long sequence;

  /**
   * @param maxSampleAge nanoseconds after which what an engine said is unknown
   */
  public PoolScheduler(
      EndpointTable table,
      SignalBoard board,
      EndpointHealth health,
      Pipeline pipeline,
      long maxSampleAge) {
    this.board = board;
    this.health = health;
    this.pipeline = pipeline;
    this.maxAge = maxSampleAge;
    this.needs = EnumSet.of(Signal.IN_FLIGHT);
    this.needs.addAll(pipeline.needs());
    this.table = table;
    this.slots = slotsOf(table);
  }

  /** Replaces the rows; every endpoint of the table has a slot on the board. */
  public void table(EndpointTable next) {
    slots = slotsOf(next);
    table = next;
  }

  public EndpointTable table() {
    return table;
  }

  /** The slots of the table's rows, in row order; not to be changed. */
  public int[] slots() {
    return slots;
  }

  private int[] slotsOf(EndpointTable endpoints) {
    int[] found = new int[endpoints.size()];
    for (int row = 0; row < found.length; row++) {
      found[row] = board.slotOf(endpoints.row(row));
      if (found[row] < 0) {
        throw new IllegalArgumentException(endpoints.row(row) + " has no slot");
      }
    }
    return found;
  }

  /** Goes on as if so many decisions had been made. */
  void resume(long decisions) {
    sequence = decisions;
  }

  /** Whether {@link #choose} reads how much of the prompt each endpoint holds. */
  public boolean needsPrefix() {
    return needs.contains(Signal.PREFIX_MATCH);
  }

  /**
   * Chooses, and counts the request in on the first choice.
   *
   * @param prefixShare share of the prompt held, by row; ignored unless {@link #needsPrefix}
   * @param fallbacks endpoints wanted beside the first
   * @param seed uniformly distributed
   * @param explanation filled when given
   */
  public Decision choose(
      ScheduleRequest request,
      float[] prefixShare,
      int fallbacks,
      long now,
      long seed,
      StageTimer timer,
      @Nullable Explanation explanation) {
    int size = table.size();
    makeRoom(size);
    round.reset(size, seed, sequence++, request.adapter());
    if (size == 0) {
      return new Decision.Refuse(Decision.Reason.NO_ENDPOINTS, "");
    }
    fill(request, prefixShare, now);
    if (explanation != null) {
      explanation.frozen(table.rows(), round, needs);
    }
    if (request.only() != null && !restricted(request, explanation)) {
      return new Decision.Refuse(Decision.Reason.NO_ENDPOINTS, "");
    }
    prefer(request, now, seed, explanation);
    timer.begin();
    for (Filter filter : pipeline.filters()) {
      filter.filter(round);
      timer.end(StageTimer.Stage.FILTER, filter.name());
      note(explanation, filter.name());
      if (round.candidates() == 0) {
        return new Decision.Refuse(Decision.Reason.ALL_FILTERED, filter.name());
      }
    }
    score(timer, explanation);
    return reserve(fallbacks, explanation);
  }

  /** Leaves the endpoints that the request may have; says whether there are any. */
  private boolean restricted(ScheduleRequest request, @Nullable Explanation explanation) {
    for (int row = 0; row < slots.length; row++) {
      if (!request.admits(table.row(row))) {
        round.remove(row);
      }
    }
    note(explanation, "subset");
    return round.candidates() > 0;
  }

  private void makeRoom(int size) {
    if (totals.length < size) {
      totals = new float[size];
      scores = new float[size];
      fresh = new boolean[size];
    }
  }

  private void fill(ScheduleRequest request, float[] prefixShare, long now) {
    board.fresh(slots, now, maxAge, fresh);
    for (Signal signal : needs) {
      float[] column = round.column(signal);
      switch (signal) {
        case PREFIX_MATCH -> System.arraycopy(prefixShare, 0, column, 0, slots.length);
        case LISTS_MODEL -> fillListing(request.upstreamModel(), column);
        case IN_FLIGHT, RUNNING, WAITING, KV_USAGE, TTFT, TPOT ->
            board.read(signal, slots, fresh, column);
      }
    }
  }

  private void fillListing(String model, float[] column) {
    for (int row = 0; row < slots.length; row++) {
      Set<String> models = board.models(slots[row]);
      column[row] = models == null ? Float.NaN : models.contains(model) ? 1 : 0;
    }
  }

  private void prefer(
      ScheduleRequest request, long now, long seed, @Nullable Explanation explanation) {
    boolean anyEjected = false;
    boolean anySlow = false;
    for (int slot : slots) {
      anyEjected |= health.ejected(slot, now);
      anySlow |= health.share(slot, now) < 1;
    }
    if (anyEjected) {
      preferring("healthy", explanation, row -> !health.ejected(slots[row], now));
    }
    if (anySlow) {
      preferring("slow-start", explanation, row -> admits(slots[row], row, now, seed));
    }
    if (request.adapter()) {
      preferring("lists-adapter", explanation, row -> lists(slots[row], request.upstreamModel()));
    }
  }

  private boolean lists(int slot, String model) {
    Set<String> models = board.models(slot);
    return models != null && models.contains(model);
  }

  private boolean admits(int slot, int row, long now, long seed) {
    float draw = (Mix.mix(seed + row + 1) >>> 40) * 0x1p-24f;
    return draw < health.share(slot, now);
  }

  /** A test of a row. */
  private interface RowTest {
    boolean keeps(int row);
  }

  private void preferring(String name, @Nullable Explanation explanation, RowTest test) {
    int left = 0;
    for (int row = 0; row < slots.length; row++) {
      left += round.isCandidate(row) && test.keeps(row) ? 1 : 0;
    }
    for (int row = 0; left > 0 && row < slots.length; row++) {
      if (round.isCandidate(row) && !test.keeps(row)) {
        round.remove(row);
      }
    }
    note(explanation, name);
  }

  private void note(@Nullable Explanation explanation, String filter) {
    if (explanation != null) {
      explanation.filtered(filter, round.candidateMask());
    }
  }

  private void score(StageTimer timer, @Nullable Explanation explanation) {
    Arrays.fill(totals, 0, slots.length, 0);
    for (Pipeline.Weighted weighted : pipeline.scorers()) {
      Arrays.fill(scores, 0, slots.length, Float.NaN);
      weighted.scorer().score(round, scores);
      boolean unknown = anyUnknown();
      float neutral = unknown ? meanOfKnown() : 0;
      if (explanation != null) {
        explain(weighted, neutral, explanation);
      }
      addToTotals(weighted.weight(), unknown, neutral);
      timer.end(StageTimer.Stage.SCORE, weighted.scorer().name());
    }
  }

  private boolean anyUnknown() {
    for (int row = 0; row < slots.length; row++) {
      if (Float.isNaN(scores[row])) {
        return true;
      }
    }
    return false;
  }

  private void addToTotals(int weight, boolean unknown, float neutral) {
    float[] sum = totals;
    float[] column = scores;
    int size = slots.length;
    if (!unknown) {
      for (int row = 0; row < size; row++) {
        sum[row] += weight * column[row];
      }
      return;
    }
    for (int row = 0; row < size; row++) {
      sum[row] += weight * (Float.isNaN(column[row]) ? neutral : column[row]);
    }
  }

  private float meanOfKnown() {
    float sum = 0;
    int known = 0;
    for (int row = 0; row < slots.length; row++) {
      if (round.isCandidate(row) && !Float.isNaN(scores[row])) {
        sum += scores[row];
        known++;
      }
    }
    return known == 0 ? 0.5f : sum / known;
  }

  private void explain(Pipeline.Weighted weighted, float neutral, Explanation explanation) {
    float[] column = new float[slots.length];
    boolean[] unknown = new boolean[slots.length];
    for (int row = 0; row < column.length; row++) {
      unknown[row] = round.isCandidate(row) && Float.isNaN(scores[row]);
      column[row] = !round.isCandidate(row) ? Float.NaN : unknown[row] ? neutral : scores[row];
    }
    explanation.scored(weighted.scorer().name(), weighted.weight(), column, unknown);
  }

  private Decision reserve(int fallbacks, @Nullable Explanation explanation) {
    int[] order = new int[Math.min(1 + fallbacks, round.candidates())];
    int picked = pipeline.picker().pick(round, totals, order);
    if (explanation != null) {
      explanation.chosen(Arrays.copyOf(totals, slots.length), Arrays.copyOf(order, picked));
    }
    List<Decision.Choice> choices = new ArrayList<>(picked);
    for (int i = 0; i < picked; i++) {
      choices.add(new Decision.Choice(table.row(order[i]), slots[order[i]]));
    }
    board.reserve(choices.get(0).slot());
    return new Decision.Send(choices, slots.length);
  }
}
