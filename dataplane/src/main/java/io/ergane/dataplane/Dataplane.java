package io.ergane.dataplane;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.schedule.EndpointHealth;
import io.ergane.core.schedule.SignalBoard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The image in force and one scheduler a pool. Compilations are applied by one thread; requests
 * read {@link #state()} once and work on what they got.
 */
public final class Dataplane {
  private final DataplaneSettings settings;
  private final LongSupplier nanoTime;
  private final SignalBoard board;
  private final EndpointHealth health;
  private final List<Consumer<State>> listeners = new CopyOnWriteArrayList<>();
  private volatile State state;
  private volatile boolean first = true;

  public Dataplane(DataplaneSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.board = new SignalBoard(settings.maxEndpoints());
    this.health = new EndpointHealth(settings.maxEndpoints(), settings.health());
    this.state = new State(Compilation.EMPTY, new TreeMap<>(), List.of(), List.of());
  }

  /**
   * What is in force; immutable but for the pools' own states.
   *
   * @param watched every endpoint of every pool, once, with its slot
   * @param leftOut endpoints that found no slot
   */
  public record State(
      Compilation compilation,
      SortedMap<ObjectName, PoolRuntime> pools,
      List<Watched> watched,
      List<Endpoint> leftOut) {

    public RoutingImage image() {
      return compilation.image();
    }

    public @Nullable PoolRuntime pool(ObjectName name) {
      return pools.get(name);
    }
  }

  /** An endpoint to be watched, its slot, and a pool that it belongs to. */
  public record Watched(Endpoint endpoint, int slot, Pool pool) {}

  public State state() {
    return state;
  }

  /** Whether any compilation was put into force yet. */
  public boolean isTold() {
    return !first;
  }

  public SignalBoard board() {
    return board;
  }

  public EndpointHealth health() {
    return health;
  }

  public long now() {
    return nanoTime.getAsLong();
  }

  /** Is told of each new state, and of the present one at once. */
  public synchronized void onChange(Consumer<State> listener) {
    listeners.add(listener);
    listener.accept(state);
  }

  /** Puts a compilation into force. */
  public synchronized void apply(Compilation compilation) {
    State before = state;
    retireWhatIsGone(before, compilation);
    SortedSet<Endpoint> leftOut = new TreeSet<>();
    Map<Endpoint, Watched> watched = new TreeMap<>();
    TreeMap<ObjectName, PoolRuntime> pools = new TreeMap<>();
    Set<Integer> fresh = new HashSet<>();
    for (Pool pool : compilation.image().pools().values()) {
      EndpointTable table = claim(compilation, pool, watched, leftOut, fresh);
      pools.put(pool.name(), runtime(before, compilation, pool, table));
    }
    fresh.forEach(slot -> pools.values().forEach(pool -> pool.forget(slot)));
    state = new State(compilation, pools, List.copyOf(watched.values()), List.copyOf(leftOut));
    first = false;
    listeners.forEach(listener -> listener.accept(state));
  }

  /** Before slots are claimed, so that new endpoints find those that came free. */
  private void retireWhatIsGone(State before, Compilation compilation) {
    Set<Endpoint> wanted = new HashSet<>();
    for (Pool pool : compilation.image().pools().values()) {
      wanted.addAll(rows(compilation, pool));
    }
    for (Watched old : before.watched()) {
      if (!wanted.contains(old.endpoint())) {
        board.retire(old.endpoint());
      }
    }
  }

  private static List<Endpoint> rows(Compilation compilation, Pool pool) {
    EndpointTable table = compilation.endpoints().get(pool.name());
    return table == null ? List.of() : table.rows();
  }

  private EndpointTable claim(
      Compilation compilation,
      Pool pool,
      Map<Endpoint, Watched> watched,
      SortedSet<Endpoint> leftOut,
      Set<Integer> fresh) {
    List<Endpoint> all = rows(compilation, pool);
    List<Endpoint> rows = new ArrayList<>(all.size());
    for (Endpoint endpoint : all) {
      boolean known = board.slotOf(endpoint) >= 0;
      int slot = board.claim(endpoint);
      if (slot < 0) {
        leftOut.add(endpoint);
        continue;
      }
      if (!known) {
        fresh.add(slot);
        synchronized (health) {
          health.join(slot, first, now());
        }
      }
      rows.add(endpoint);
      watched.putIfAbsent(endpoint, new Watched(endpoint, slot, pool));
    }
    return new EndpointTable(pool.name(), rows);
  }

  private PoolRuntime runtime(
      State before, Compilation compilation, Pool pool, EndpointTable table) {
    PoolRuntime old = before.pools().get(pool.name());
    if (old != null && before.image().profile().equals(compilation.image().profile())) {
      old.update(pool, table);
      return old;
    }
    return new PoolRuntime(
        pool, table, compilation.image().profile(), board, health, settings, nanoTime);
  }
}
