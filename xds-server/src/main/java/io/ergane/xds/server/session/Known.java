package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one node was sent of a type, and what of that it acknowledged or rejected. Of a first
 * response that brought everything the versions are shared by all nodes that got the same; what
 * came after has a slot a name.
 */
final class Known {
  private final Rejections rejections;
  private Map<String, String> first = Map.of();
  private boolean firstAcked;

  /** Goes before {@link #first}: an empty slot hides what is there. */
  private final Map<String, Slot> slots = new HashMap<>();

  Known(Rejections rejections) {
    this.rejections = rejections;
  }

  boolean isEmpty() {
    return first.isEmpty() && slots.isEmpty();
  }

  /**
   * Takes over everything that the node has, which had nothing.
   *
   * @param versions by name; not changed by anyone
   */
  void begin(Map<String, String> versions, boolean acked) {
    first = versions;
    firstAcked = acked;
  }

  /** Takes over what the node says that it has. */
  void claimed(String name, String version) {
    slots.put(name, new Slot(version, version));
  }

  void send(Resource resource) {
    Slot slot = slot(resource.name());
    slot.sent = resource.version();
    slot.toldAbsent = false;
  }

  /** The node is told that there is no resource of {@code name}. */
  void sendAbsence(String name) {
    Slot slot = slot(name);
    slot.sent = null;
    slot.toldAbsent = true;
  }

  /** The node may be told once more that there is no resource of {@code name}. */
  void tellAgain(String name) {
    slot(name).toldAbsent = false;
  }

  /**
   * Takes over an acknowledgement.
   *
   * @param names that are wanted by name
   */
  void acknowledge(InFlight answered, Set<String> names) {
    Selection everything = answered.first();
    if (everything == null) {
      answered.changed().forEach(this::acknowledge);
    } else {
      firstAcked = true;
      slots.forEach((name, slot) -> {
        if (slot.sent != null && slot.sent.equals(everything.versions().get(name))) {
          slot.acked = slot.sent;
        }
      });
    }
    forgetRemoved(answered, names);
  }

  private void acknowledge(Resource resource) {
    if (wasSent(resource)) {
      slot(resource.name()).acked = resource.version();
      rejections.clear(resource.name());
    }
  }

  /**
   * Takes over a rejection.
   *
   * @param whole whether what was rejected can only go out again with everything else
   * @param names that are wanted by name
   */
  void reject(InFlight answered, String message, boolean whole, Set<String> names) {
    List<String> changed = answered.changed().stream().map(Resource::name).toList();
    if (whole) {
      rejections.inseparable(changed, message);
      answered.changed().stream()
          .filter(resource -> !rejections.isGuilty(resource.name()))
          .forEach(this::acknowledge);
    } else if (!changed.isEmpty()) {
      rejections.separable(changed, message);
    }
    forgetRemoved(answered, names);
  }

  private void forgetRemoved(InFlight answered, Set<String> names) {
    for (String name : answered.removed()) {
      if (knows(name) && sent(name) == null) {
        slot(name).acked = null;
        rejections.clear(name);
        if (!names.contains(name)) {
          forget(name);
        }
      }
    }
  }

  /** Whether the node was told anything of {@code name}, be it that there is no such resource. */
  boolean knows(String name) {
    Slot slot = slots.get(name);
    return slot == null ? first.containsKey(name) : !slot.isEmpty();
  }

  /** Version that the node was sent last; null when it has none. */
  @Nullable String sent(String name) {
    Slot slot = slots.get(name);
    return slot == null ? first.get(name) : slot.sent;
  }

  /** Whether the node was sent {@code resource} last. */
  boolean wasSent(Resource resource) {
    return resource.version().equals(sent(resource.name()));
  }

  /** Whether the node was told that there is no resource of {@code name}. */
  boolean wasToldAbsent(String name) {
    Slot slot = slots.get(name);
    return slot != null && slot.toldAbsent;
  }

  /** The slot of {@code name}, to change it. */
  private Slot slot(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      String version = first.get(name);
      slot = new Slot(version, firstAcked ? version : null);
      slots.put(name, slot);
    }
    return slot;
  }

  /** As if the node had never heard of {@code name}. */
  void forget(String name) {
    rejections.clear(name);
    if (first.containsKey(name)) {
      slots.put(name, new Slot(null, null));
    } else {
      slots.remove(name);
    }
  }

  /** Forgets everything but {@code names}. */
  void retain(Set<String> names) {
    rejections.retain(names);
    first.keySet().stream().filter(names::contains).forEach(this::slot);
    first = Map.of();
    slots.entrySet().removeIf(each -> !names.contains(each.getKey()) || each.getValue().isEmpty());
  }

  /** How many resources the node has or was told of. */
  int size() {
    int size = first.size();
    for (Map.Entry<String, Slot> each : slots.entrySet()) {
      size += each.getValue().isEmpty() ? 0 : 1;
      size -= first.containsKey(each.getKey()) ? 1 : 0;
    }
    return size;
  }

  /** Versions that the node acknowledged, by name. */
  SortedMap<String, String> acked() {
    SortedMap<String, String> versions = new TreeMap<>();
    if (firstAcked) {
      versions.putAll(first);
    }
    slots.forEach((name, slot) -> {
      if (slot.acked == null) {
        versions.remove(name);
      } else {
        versions.put(name, slot.acked);
      }
    });
    return versions;
  }
}
