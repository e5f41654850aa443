package io.ergane.core.schedule;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.schedule.ScheduleRequest.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides again on what a decision was made on: the columns, the draw and the verdicts of passive
 * health that an {@link Explanation} recorded are put before a scheduler of its own. Wherever and
 * beside whatever others the decision was made, the same pipeline must come to the same choice.
 */
public final class Replay {
  private static final ObjectName POOL = new ObjectName("replay", "replay");
  private static final long NOW = 0;
  private static final HealthPolicy AT_ONCE = new HealthPolicy(1, 1L << 40, 1L << 40, 0);

  private final Explanation recorded;
  private final String upstreamModel;

  private Replay(Explanation recorded, String upstreamModel) {
    this.recorded = recorded;
    this.upstreamModel = upstreamModel;
  }

  /**
   * Decides again and says what comes out otherwise; empty when nothing does.
   *
   * @param upstreamModel the name that the engine had to know
   */
  public static List<String> differences(
      Explanation recorded, String upstreamModel, Pipeline pipeline) {
    Explanation again = new Replay(recorded, upstreamModel).decide(pipeline);
    List<String> found = new ArrayList<>();
    if (!Arrays.equals(again.order(), recorded.order())) {
      found.add(
          "order %s, again %s"
              .formatted(Arrays.toString(recorded.order()), Arrays.toString(again.order())));
    }
    if (!Arrays.equals(again.totals(), recorded.totals())) {
      found.add(
          "totals %s, again %s"
              .formatted(Arrays.toString(recorded.totals()), Arrays.toString(again.totals())));
    }
    return found;
  }

  private Explanation decide(Pipeline pipeline) {
    List<Endpoint> rows = recorded.endpoints();
    int capacity = Math.max(1, rows.size());
    SignalBoard board = new SignalBoard(capacity);
    EndpointHealth health = new EndpointHealth(capacity, AT_ONCE);
    for (int row = 0; row < rows.size(); row++) {
      restore(row, board, board.claim(rows.get(row)), health);
    }
    PoolScheduler scheduler =
        new PoolScheduler(new EndpointTable(POOL, rows), board, health, pipeline, Long.MAX_VALUE);
    Explanation again = new Explanation();
    scheduler.resume(recorded.sequence());
    scheduler.choose(
        new ScheduleRequest(upstreamModel, left("lists-adapter") != null, Prompt.NONE, only()),
        shares(),
        Math.max(0, recorded.order().length - 1),
        NOW,
        recorded.seed(),
        StageTimer.NONE,
        again);
    return again;
  }

  private void restore(int row, SignalBoard board, int slot, EndpointHealth health) {
    board.sample(
        slot,
        cell(Signal.RUNNING, row),
        cell(Signal.WAITING, row),
        cell(Signal.KV_USAGE, row),
        cell(Signal.TTFT, row),
        cell(Signal.TPOT, row),
        NOW);
    for (int i = 0; i < cell(Signal.IN_FLIGHT, row); i++) {
      board.reserve(slot);
    }
    health.join(slot, true, NOW);
    if (removes("healthy", row) || removes("slow-start", row)) {
      health.failed(slot, NOW);
    }
    listing(row, board, slot);
  }

  private void listing(int row, SignalBoard board, int slot) {
    float[] lists = recorded.column(Signal.LISTS_MODEL);
    boolean[] preferred = left("lists-adapter");
    if (lists != null && !Float.isNaN(lists[row])) {
      board.models(slot, lists[row] == 1 ? Set.of(upstreamModel) : Set.of());
    } else if (lists == null && preferred != null && preferred[row]) {
      board.models(slot, Set.of(upstreamModel));
    }
  }

  private float cell(Signal signal, int row) {
    float[] column = recorded.column(signal);
    return column == null ? Float.NaN : column[row];
  }

  private boolean removes(String filter, int row) {
    boolean[] left = left(filter);
    return left != null && !left[row];
  }

  private boolean @Nullable [] left(String filter) {
    for (Explanation.Filtered filtered : recorded.filters()) {
      if (filtered.filter().equals(filter)) {
        return filtered.left();
      }
    }
    return null;
  }

  private @Nullable Set<String> only() {
    boolean[] left = left("subset");
    if (left == null) {
      return null;
    }
    Set<String> only = new HashSet<>();
    for (int row = 0; row < left.length; row++) {
      if (left[row]) {
        only.add(recorded.endpoints().get(row).authority());
      }
    }
    return only;
  }

  private float[] shares() {
    float[] column = recorded.column(Signal.PREFIX_MATCH);
    return column == null ? new float[recorded.endpoints().size()] : column;
  }
}
