package io.ergane.controllers.serving.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Headless services: one for each role replica of a role with workers, under the name of its entry
 * pod. It stays until the last pod of its replica is gone, since pods find each other by it.
 */
final class Services {
  private final Settings settings;
  private final Leaving leaving;
  private final Alarm alarm;
  private final Map<String, ObservedService> existing = new HashMap<>();
  private final Map<String, Change.CreateService> wanted = new LinkedHashMap<>();
  private final Set<String> inUse = new HashSet<>();

  Services(Observed observed, Settings settings, Leaving leaving, Alarm alarm) {
    this.settings = settings;
    this.leaving = leaving;
    this.alarm = alarm;
    observed.services().forEach(service -> existing.put(service.name(), service));
  }

  /** What is to be deleted or created. */
  List<Change> of(List<Group> groups, List<Creation.Filled> filled) {
    for (Group group : groups) group.replicas().forEach(replica -> use(group, replica));
    for (Creation.Filled group : filled) group.slots().forEach(this::want);
    List<Change> changes = new ArrayList<>();
    existing.values().stream()
        .filter(is -> settings.owns(is.ownerUid()) && !is.terminating())
        .filter(is -> !inUse.contains(is.name()) && !wanted.containsKey(is.name()))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(is -> changes.add(new Change.DeleteService(is.name(), is.uid())));
    wanted.values().stream().filter(this::missing).forEach(changes::add);
    return changes;
  }

  private boolean missing(Change.CreateService service) {
    ObservedService is = existing.get(service.name());
    if (is == null) return true;
    if (!settings.owns(is.ownerUid()) || is.terminating()) alarm.soon();
    return false;
  }

  private void use(Group group, Replica replica) {
    if (!replica.exists()) return;
    inUse.add(replica.entryName());
    Template template = replica.template();
    if (template != null && !leaving.has(group, replica)) {
      want(new Slot(group.name(), group.ordinal(), template, replica.ordinal(), List.of()));
    }
  }

  private void want(Slot slot) {
    if (!slot.template().hasService()) return;
    Map<String, String> labels =
        Map.of(
            Names.NAME,
            settings.name(),
            Names.GROUP,
            slot.group(),
            Names.ROLE,
            slot.template().role().name(),
            Names.ROLE_ID,
            slot.id());
    Map<String, String> selector = new LinkedHashMap<>(labels);
    selector.remove(Names.NAME);
    selector.put(Names.ENTRY, "true");
    String name = Names.pod(slot.group(), slot.id(), 0);
    wanted.put(name, new Change.CreateService(name, labels, selector));
  }
}
