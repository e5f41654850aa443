package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a cache holds. Written by one thread, read by any. */
final class Store<T> {
  private final Map<ObjectName, T> objects = new ConcurrentHashMap<>();
  private final Cache.Listener<T> listener;

  Store(Cache.Listener<T> listener) {
    this.listener = listener;
  }

  Collection<T> all() {
    return objects.values();
  }

  @Nullable T get(ObjectName name) {
    return objects.get(name);
  }

  int size() {
    return objects.size();
  }

  void put(ObjectName name, T value) {
    tell(name, objects.put(name, value), value);
  }

  void remove(ObjectName name) {
    tell(name, objects.remove(name), null);
  }

  /** Makes these and no others be there; tells of the differences. */
  void replace(Map<ObjectName, T> all) {
    for (ObjectName name : objects.keySet()) {
      if (!all.containsKey(name)) {
        remove(name);
      }
    }
    all.forEach(this::put);
  }

  private void tell(ObjectName name, @Nullable T before, @Nullable T after) {
    if (!Objects.equals(before, after)) {
      listener.changed(name, before, after);
    }
  }
}
