package io.ergane.controllers.serving.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind in an API server, and how an observer sees them: by a watch that lags, with
 * its own writes laid over until the watch has caught up with them.
 */
final class Store<T> {
  private final Map<String, Version<T>> truth = new TreeMap<>();
  private final Deque<Version<T>> pending = new ArrayDeque<>();
  private final Map<String, Version<T>> view = new TreeMap<>();
  private final Map<String, Version<T>> own = new TreeMap<>();
  private long version;

  /** A state of an object; without value it is gone. */
  private record Version<T>(long number, String key, @Nullable T value) {}

  void put(String key, T value) {
    write(key, value);
  }

  void remove(String key) {
    if (get(key) != null) write(key, null);
  }

  private void write(String key, @Nullable T value) {
    Version<T> written = new Version<>(++version, key, value);
    truth.put(key, written);
    pending.add(written);
  }

  @Nullable T get(String key) {
    Version<T> found = truth.get(key);
    return found == null ? null : found.value();
  }

  List<T> all() {
    return values(truth);
  }

  private static <T> List<T> values(Map<String, Version<T>> versions) {
    List<T> values = new ArrayList<>();
    for (Version<T> version : versions.values()) {
      if (version.value() != null) values.add(version.value());
    }
    return values;
  }

  /** The observer read the object or had the answer to its own write. */
  void read(String key) {
    Version<T> found = truth.get(key);
    if (found != null) own.put(key, found);
  }

  /** The watch shows some more changes. */
  void deliver(int changes) {
    for (int i = 0; i < changes && !pending.isEmpty(); i++) {
      Version<T> shown = pending.removeFirst();
      view.put(shown.key(), shown);
    }
  }

  int lag() {
    return pending.size();
  }

  /** A new observer lists everything. */
  void list() {
    pending.clear();
    own.clear();
    view.clear();
    view.putAll(truth);
  }

  List<T> observed() {
    Map<String, Version<T>> merged = new TreeMap<>(view);
    own.forEach(
        (key, written) -> merged.merge(key, written, (a, b) -> a.number() >= b.number() ? a : b));
    return values(merged);
  }
}
