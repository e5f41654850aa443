package io.ergane.controllers.serving.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * PodGroups: one for each ServingGroup that stays and has pods, when Volcano schedules it. It
 * exists before the group's first pod and goes just before its last.
 */
final class Gang {
  private final Settings settings;
  private final Alarm alarm;
  private final boolean used;
  private final PodGroupSpec specs;
  private final Map<String, ObservedPodGroup> existing = new HashMap<>();
  private final Set<String> blocked = new HashSet<>();

  Gang(Observed observed, Settings settings, Alarm alarm) {
    this.settings = settings;
    this.alarm = alarm;
    used =
        observed.gang() != GangSupport.NONE
            && observed.serving().spec().schedulerName().equals(Settings.VOLCANO);
    specs =
        new PodGroupSpec(
            observed.serving(), observed.gang() == GangSupport.PODGROUP_WITH_SUBGROUPS);
    observed.podGroups().forEach(group -> existing.put(group.name(), group));
  }

  /** Whether pods are to name their PodGroup. */
  boolean used() {
    return used;
  }

  /** Whether a group's PodGroup is not as it must be before pods are created. */
  boolean blocks(String group) {
    return blocked.contains(group);
  }

  /** What is to be created or updated before pods are. */
  List<Change> ensure(List<Creation.Filled> groups) {
    List<Change> changes = new ArrayList<>();
    if (!used) return changes;
    for (Creation.Filled group : groups) {
      if (!group.hasPods()) continue;
      Map<String, Object> wanted = specs.of(group.layout());
      ObservedPodGroup is = existing.get(group.name());
      if (is == null) {
        changes.add(
            new Change.CreatePodGroup(
                group.name(),
                Map.of(Names.NAME, settings.name(), Names.GROUP, group.name()),
                Map.of(Names.POD_GROUP, group.name()),
                wanted));
      } else if (!settings.owns(is.ownerUid()) || is.terminating()) {
        blocked.add(group.name());
        alarm.soon();
      } else {
        Map<String, Object> update = specs.update(is.spec(), wanted);
        if (update != null) changes.add(new Change.UpdatePodGroup(is.name(), is.uid(), update));
      }
    }
    return changes;
  }

  /** Deletions of the PodGroups of other groups than these. */
  List<Change> deleteAllBut(Set<String> groups) {
    return existing.values().stream()
        .filter(is -> settings.owns(is.ownerUid()) && !is.terminating())
        .filter(is -> !groups.contains(is.name()))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .map(is -> (Change) new Change.DeletePodGroup(is.name(), is.uid()))
        .toList();
  }
}
