package io.ergane.core.schedule;

import io.ergane.core.routing.Endpoint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * What is known of every endpoint right now, a slot an endpoint, a column a signal. An endpoint
 * that several pools share has one slot, so its counts are shared too.
 *
 * <p>Slots are claimed and retired by one owner. A retired slot is reused only when nothing is in
 * flight on it, so a stream that outlives its pod never releases another pod's count. In-flight
 * counts may be moved by any thread. Each other cell has one writer; readers may see a value one
 * write old.
 */
public final class SignalBoard {
  private static final int SAMPLED = 5;

  private final int capacity;
  private final Map<Endpoint, Integer> slots = new HashMap<>();
  private final @Nullable Endpoint[] endpoints;
  private final boolean[] retired;
  private final AtomicIntegerArray inFlight;
  private final float[][] sampled;
  private final long[] sampledAt;
  private final boolean[] everSampled;
  private final @Nullable Set<String>[] models;

  /**
   * @param capacity most endpoints known at one time, 1 to 16384
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public SignalBoard(int capacity) {
    if (capacity < 1 || capacity > PrefixIndex.MAX_SLOTS) {
      throw new IllegalArgumentException(
          "capacity " + capacity + " is outside 1 to " + PrefixIndex.MAX_SLOTS);
    }
    this.capacity = capacity;
    endpoints = new Endpoint[capacity];
    retired = new boolean[capacity];
    inFlight = new AtomicIntegerArray(capacity);
    sampled = new float[SAMPLED][capacity];
    sampledAt = new long[capacity];
    everSampled = new boolean[capacity];
    models = new Set[capacity];
  }

  public int capacity() {
    return capacity;
  }

  /** Slots that hold an endpoint or the last streams of one. */
  public int used() {
    return slots.size();
  }

  /** The endpoint's slot, or -1 when it has none. */
  public int slotOf(Endpoint endpoint) {
    return slots.getOrDefault(endpoint, -1);
  }

  /** The endpoint's slot, its old one where it still has it; -1 when the board is full. */
  public int claim(Endpoint endpoint) {
    Integer known = slots.get(endpoint);
    if (known != null) {
      retired[known] = false;
      return known;
    }
    for (int slot = 0; slot < capacity; slot++) {
      Endpoint holder = endpoints[slot];
      if (holder == null || (retired[slot] && inFlight.get(slot) == 0)) {
        if (holder != null) {
          slots.remove(holder);
        }
        clear(slot);
        endpoints[slot] = endpoint;
        slots.put(endpoint, slot);
        return slot;
      }
    }
    return -1;
  }

  /** Gives the endpoint's slot up; what is in flight on it goes on being counted. */
  public void retire(Endpoint endpoint) {
    Integer slot = slots.get(endpoint);
    if (slot != null) {
      retired[slot] = true;
      everSampled[slot] = false;
    }
  }

  private void clear(int slot) {
    retired[slot] = false;
    everSampled[slot] = false;
    models[slot] = null;
    for (float[] column : sampled) {
      column[slot] = Float.NaN;
    }
  }

  /** Counts a request in; returns the new count. */
  public int reserve(int slot) {
    return inFlight.incrementAndGet(slot);
  }

  /** Counts a request out; to be called exactly once for each {@link #reserve}. */
  public int release(int slot) {
    int left = inFlight.decrementAndGet(slot);
    if (left < 0) {
      throw new IllegalStateException("slot " + slot + " was released more often than reserved");
    }
    return left;
  }

  public int inFlight(int slot) {
    return inFlight.get(slot);
  }

  /** Sum over all slots. */
  public int totalInFlight() {
    int total = 0;
    for (int slot = 0; slot < capacity; slot++) {
      total += inFlight.get(slot);
    }
    return total;
  }

  /**
   * Stores what an engine said of itself. NaN is unknown.
   *
   * @param kvUsage 0 to 1
   * @param ttft seconds; NaN keeps the value before
   * @param tpot seconds; NaN keeps the value before
   */
  public void sample(
      int slot, float running, float waiting, float kvUsage, float ttft, float tpot, long now) {
    sampled[0][slot] = running;
    sampled[1][slot] = waiting;
    sampled[2][slot] = kvUsage;
    if (!Float.isNaN(ttft)) {
      sampled[3][slot] = ttft;
    }
    if (!Float.isNaN(tpot)) {
      sampled[4][slot] = tpot;
    }
    sampledAt[slot] = now;
    everSampled[slot] = true;
  }

  /** Stores the names of the models and adapters that an engine lists. */
  public void models(int slot, Set<String> names) {
    models[slot] = Set.copyOf(names);
  }

  /** What the engine lists, or null when it never said. */
  public @Nullable Set<String> models(int slot) {
    return models[slot];
  }

  /** Nanoseconds since the last sample, or -1 when there was none. */
  public long sampleAge(int slot, long now) {
    return everSampled[slot] ? now - sampledAt[slot] : -1;
  }

  /**
   * A signal's value, NaN when it is unknown or older than {@code maxAge}. Not for {@link
   * Signal#LISTS_MODEL} and {@link Signal#PREFIX_MATCH}, which depend on a request.
   */
  public float read(Signal signal, int slot, long now, long maxAge) {
    if (signal == Signal.IN_FLIGHT) {
      return inFlight.get(slot);
    }
    if (!everSampled[slot] || now - sampledAt[slot] > maxAge) {
      return Float.NaN;
    }
    return sampled(signal)[slot];
  }

  private float[] sampled(Signal signal) {
    return switch (signal) {
      case RUNNING -> sampled[0];
      case WAITING -> sampled[1];
      case KV_USAGE -> sampled[2];
      case TTFT -> sampled[3];
      case TPOT -> sampled[4];
      case IN_FLIGHT, LISTS_MODEL, PREFIX_MATCH ->
          throw new IllegalArgumentException(signal + " is not a column of the board");
    };
  }

  /** Whether each slot's last sample is no older than {@code maxAge}. */
  void fresh(int[] rows, long now, long maxAge, boolean[] out) {
    for (int i = 0; i < rows.length; i++) {
      int slot = rows[i];
      out[i] = everSampled[slot] && now - sampledAt[slot] <= maxAge;
    }
  }

  /** {@link #read} of many slots at once: {@code out[i]} is the signal of {@code rows[i]}. */
  void read(Signal signal, int[] rows, boolean[] fresh, float[] out) {
    if (signal == Signal.IN_FLIGHT) {
      for (int i = 0; i < rows.length; i++) {
        out[i] = inFlight.get(rows[i]);
      }
      return;
    }
    float[] values = sampled(signal);
    for (int i = 0; i < rows.length; i++) {
      out[i] = fresh[i] ? values[rows[i]] : Float.NaN;
    }
  }

  @Override
  public String toString() {
    return "SignalBoard" + Arrays.toString(Arrays.copyOf(endpoints, Math.min(capacity, 16)));
  }
}
