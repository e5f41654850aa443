package io.ergane.dataplane;

import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.Decision;
import io.ergane.core.schedule.ScheduleRequest;
import java.util.List;
import java.util.function.Predicate;

/**
 * One request's hold on an endpoint: it is counted in flight there from the choice until {@link
 * #end}, which whoever got the hold calls on every path. Belongs to one thread at a time.
 */
public final class Hold implements PoolRuntime.Choice {
  private final PoolRuntime pool;
  private final List<Decision.Choice> choices;
  private final ScheduleRequest request;
  private int current;
  private int attempts = 1;
  private final float prefixShare;
  private int heldBefore;
  private int prefixEvictions;
  private boolean ended;

  Hold(PoolRuntime pool, List<Decision.Choice> choices, ScheduleRequest request) {
    this.pool = pool;
    this.choices = choices;
    this.request = request;
    PoolRuntime.Held held = pool.learn(request, slot());
    this.heldBefore = held.blocks();
    this.prefixShare = held.share();
    this.prefixEvictions = held.evicted();
  }

  /** The endpoint to send to. */
  public Endpoint endpoint() {
    return choices.get(current).endpoint();
  }

  /** The chosen endpoint and its fallbacks, in the order in which they are to be tried. */
  public List<Decision.Choice> choices() {
    return choices;
  }

  /** The endpoint's slot on the signal board. */
  public int slot() {
    return choices.get(current).slot();
  }

  /** Endpoints tried, this one included; 1 or more. */
  public int attempts() {
    return attempts;
  }

  /**
   * Share of the prompt that the first choice was believed to hold, 0 to 1; NaN when the prompt was
   * not hashed.
   */
  public float prefixShare() {
    return prefixShare;
  }

  /** Entries that the prefix index gave up so far to remember this request's prompt. */
  public int prefixEvictions() {
    return prefixEvictions;
  }

  /** The engine answered with anything but a 5xx. */
  public void succeeded() {
    pool.succeeded(slot());
  }

  /**
   * The connection failed or was reset, or the engine answered 5xx.
   *
   * @return whether this took the endpoint out of rotation
   */
  public boolean failed() {
    unlearn();
    return pool.failed(slot());
  }

  /** The engine refused the request without processing its prompt. */
  public void refused() {
    unlearn();
  }

  private void unlearn() {
    pool.unlearn(request, slot(), heldBefore);
    heldBefore = Integer.MAX_VALUE;
  }

  /**
   * Moves the hold to the next fallback that suits and is in rotation; to one that is not when
   * there is no other.
   *
   * @return false when no fallback is left; the hold stays where it is
   */
  public boolean fallBack(Predicate<Decision.Choice> suits) {
    int next = next(suits, true);
    if (next < 0) {
      next = next(suits, false);
    }
    if (next < 0 || ended) {
      return false;
    }
    pool.release(slot());
    current = next;
    attempts++;
    pool.reserve(slot());
    PoolRuntime.Held held = pool.learn(request, slot());
    heldBefore = held.blocks();
    prefixEvictions += held.evicted();
    return true;
  }

  private int next(Predicate<Decision.Choice> suits, boolean inRotation) {
    for (int i = current + 1; i < choices.size(); i++) {
      Decision.Choice choice = choices.get(i);
      if (suits.test(choice) && !(inRotation && pool.ejected(choice.slot()))) {
        return i;
      }
    }
    return -1;
  }

  /** Counts the request out. Calls after the first do nothing. */
  public void end() {
    if (!ended) {
      ended = true;
      pool.release(slot());
    }
  }
}
