package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache over which our own writes are laid until the API server's watch has told of them, so that
 * nobody decides twice about one thing because the first decision has not come back yet. A write
 * that is not told of in time is looked up; it never just expires.
 *
 * <p>Objects are found by the object that they belong to.
 */
public final class OverlaidCache<T extends Versioned> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OverlaidCache.class);

  /** A write that the watch has not told of for so long is looked up when it is next read. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Kind kind;
  private final Extract<T> extract;
  private final Function<T, ObjectName> owner;
  private final BiConsumer<@Nullable T, @Nullable T> changed;
  private final List<Cache<T>> caches = new ArrayList<>();
  private final Map<ObjectName, T> told = new HashMap<>();
  private final Map<ObjectName, Write<T>> writes = new HashMap<>();
  private final Map<ObjectName, Set<ObjectName>> byOwner = new HashMap<>();

  /**
   * A write that the watch has not told of.
   *
   * @param value what was stored; null when the object was removed
   */
  private record Write<T>(String uid, @Nullable T value, ObjectName owner, long due) {}

  /**
   * @param owner what an object belongs to
   * @param changed told once of each change of what this shows, whether the watch told of it or we
   *     wrote it, on the thread that brought it; the watch's word of our own write is none
   */
  public OverlaidCache(
      Cluster cluster,
      Kind kind,
      List<Selection> selections,
      Extract<T> extract,
      Function<T, ObjectName> owner,
      BiConsumer<@Nullable T, @Nullable T> changed) {
    this.cluster = cluster;
    this.kind = kind;
    this.extract = extract;
    this.owner = owner;
    this.changed = changed;
    for (Selection selection : selections) {
      caches.add(cluster.cache(kind, selection, extract, this::written, this::tell));
    }
  }

  /** What we wrote, if it is that form of the object: its echo need not be read. */
  private @Nullable T written(ObjectName name, String version) {
    synchronized (told) {
      Write<T> write = writes.get(name);
      T value = write == null ? null : write.value;
      return value != null && value.version().equals(version) ? value : null;
    }
  }

  private void tell(ObjectName name, @Nullable T before, @Nullable T after) {
    T shown;
    T shows;
    synchronized (told) {
      shown = current(name);
      Write<T> write = writes.get(name);
      if (after == null) {
        told.remove(name);
        if (write != null && before != null && write.uid.equals(before.uid())) {
          writes.remove(name);
        }
        if (before != null) {
          unindex(owner.apply(before), name);
        }
      } else {
        told.put(name, after);
        if (before != null && !owner.apply(before).equals(owner.apply(after))) {
          unindex(owner.apply(before), name);
        }
        byOwner.computeIfAbsent(owner.apply(after), _ -> new HashSet<>()).add(name);
        if (write != null
            && write.value != null
            && Versioned.reaches(after.version(), write.value.version())) {
          writes.remove(name);
        }
      }
      shows = current(name);
    }
    show(shown, shows);
  }

  private void show(@Nullable T shown, @Nullable T shows) {
    if (!Objects.equals(shown, shows)) {
      changed.accept(shown, shows);
    }
  }

  private void unindex(ObjectName of, ObjectName name) {
    Set<ObjectName> names = byOwner.get(of);
    Write<T> write = writes.get(name);
    if (names != null && (write == null || !write.owner.equals(of))) {
      names.remove(name);
      if (names.isEmpty()) {
        byOwner.remove(of);
      }
    }
  }

  /** Lays an object over as it was stored. */
  public T wrote(Map<String, Object> stored) {
    T value = extract.of(stored);
    ObjectName of = owner.apply(value);
    T shown;
    T shows;
    synchronized (told) {
      shown = current(value.name());
      T known = told.get(value.name());
      boolean newer = known == null || !Versioned.reaches(known.version(), value.version());
      if (newer) {
        writes.put(
            value.name(),
            new Write<>(value.uid(), value, of, System.nanoTime() + PATIENCE.toNanos()));
        byOwner.computeIfAbsent(of, _ -> new HashSet<>()).add(value.name());
      }
      shows = current(value.name());
    }
    show(shown, shows);
    return value;
  }

  /** Hides an object that was removed at once. */
  public void removed(ObjectName name, String uid) {
    T shown;
    T shows;
    synchronized (told) {
      shown = current(name);
      T known = told.get(name);
      if (known == null || !known.uid().equals(uid)) {
        writes.remove(name);
      } else {
        writes.put(
            name,
            new Write<>(uid, null, owner.apply(known), System.nanoTime() + PATIENCE.toNanos()));
      }
      shows = current(name);
    }
    show(shown, shows);
  }

  /** The object of a name, with our own writes. */
  public @Nullable T get(ObjectName name) {
    synchronized (told) {
      return current(name);
    }
  }

  private @Nullable T current(ObjectName name) {
    T known = told.get(name);
    Write<T> write = writes.get(name);
    if (write == null) {
      return known;
    }
    boolean hidden = known != null && known.uid().equals(write.uid);
    return write.value == null && !hidden ? known : write.value;
  }

  /** What belongs to an object, by name, with our own writes; late ones are looked up first. */
  public Collection<T> of(ObjectName object) {
    lookUpLate(object);
    Map<ObjectName, T> found = new TreeMap<>();
    synchronized (told) {
      for (ObjectName name : byOwner.getOrDefault(object, Set.of())) {
        T value = current(name);
        if (value != null) {
          found.put(name, value);
        }
      }
    }
    return found.values();
  }

  private void lookUpLate(ObjectName object) {
    Map<ObjectName, Write<T>> late = new HashMap<>();
    long now = System.nanoTime();
    synchronized (told) {
      for (ObjectName name : byOwner.getOrDefault(object, Set.of())) {
        Write<T> write = writes.get(name);
        if (write != null && write.due - now < 0) {
          late.put(name, write);
        }
      }
    }
    late.forEach((name, write) -> {
      LOG.info("{} {}: the watch has not told of our write yet; looking it up", kind, name);
      Map<String, Object> live = cluster.find(kind, name);
      synchronized (told) {
        if (writes.remove(name, write)) {
          settle(name, write, live);
        }
      }
    });
  }

  private void settle(ObjectName name, Write<T> write, @Nullable Map<String, Object> live) {
    if (live != null) {
      wrote(live);
    } else if (told.containsKey(name)) {
      removed(name, told.get(name).uid());
    } else {
      unindex(write.owner, name);
    }
  }

  /** Everything, with our own writes. */
  public List<T> all() {
    List<T> all = new ArrayList<>();
    synchronized (told) {
      Set<ObjectName> names = new HashSet<>(told.keySet());
      names.addAll(writes.keySet());
      for (ObjectName name : names) {
        T value = current(name);
        if (value != null) {
          all.add(value);
        }
      }
    }
    return all;
  }

  /** Whether the watch has yet to tell of one of our writes to what belongs to an object. */
  public boolean untold(ObjectName object) {
    synchronized (told) {
      return !writes.isEmpty()
          && byOwner.getOrDefault(object, Set.of()).stream().anyMatch(writes::containsKey);
    }
  }

  /** Whether the API server has the kind and everything of it was listed. */
  public boolean synced() {
    return caches.stream().allMatch(cache -> cache.state() == Cache.State.SYNCED);
  }

  /** Whether it is known what is there, which may be that the kind is not. */
  public boolean known() {
    return caches.stream().allMatch(cache -> cache.state() != Cache.State.WAITING);
  }

  /** Why requests fail, in words; null when they do not. */
  public @Nullable String problem() {
    for (Cache<T> cache : caches) {
      if (cache.problem() != null) {
        return cache.problem();
      }
    }
    return null;
  }

  @Override
  public void close() {
    caches.forEach(Cache::close);
  }
}
