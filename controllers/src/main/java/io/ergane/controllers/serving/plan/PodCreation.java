package io.ergane.controllers.serving.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The pods that can be created now, and what is in the way of the others. */
final class PodCreation {
  private final Revisions revisions;
  private final Gang gang;
  private final Alarm alarm;
  private final PodBuilder builder;
  private final Set<String> foreign;
  private final Set<String> used = new TreeSet<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private final List<Change> changes = new ArrayList<>();

  PodCreation(Observed observed, Settings settings, Revisions revisions, Gang gang, Alarm alarm) {
    this.revisions = revisions;
    this.gang = gang;
    this.alarm = alarm;
    builder = new PodBuilder(observed.serving(), revisions, gang.used());
    foreign =
        observed.pods().stream()
            .filter(pod -> !settings.owns(pod.ownerUid()))
            .map(ObservedPod::name)
            .collect(Collectors.toSet());
    observed.pods().stream()
        .filter(pod -> settings.owns(pod.ownerUid()))
        .map(pod -> pod.labels().get(Names.REVISION))
        .filter(Objects::nonNull)
        .forEach(used::add);
  }

  /** Pods in the order in which they are created: a group's stop at the first that cannot be. */
  List<Change> of(List<Creation.Filled> groups) {
    for (Creation.Filled group : groups) {
      if (gang.blocks(group.name())) continue;
      try {
        for (Slot slot : group.slots()) create(slot);
      } catch (PluginChain.Refusal refusal) {
        problems.add(Objects.requireNonNull(refusal.getMessage()));
      }
    }
    return changes;
  }

  private void create(Slot slot) throws PluginChain.Refusal {
    String revision = slot.template().revision();
    if (revision.equals(revisions.update()) && revisions.occupied(revision)) {
      alarm.soon();
      return;
    }
    for (int index : slot.indices()) {
      if (foreign.contains(Names.pod(slot.group(), slot.id(), index))) {
        alarm.soon();
        continue;
      }
      changes.add(builder.build(slot, index));
      used.add(revision);
    }
  }

  /** The ControllerRevision that must be there before the pods, if it is not. */
  List<Change> revision() {
    boolean missing = used.contains(revisions.update()) && !revisions.stored(revisions.update());
    return missing && !revisions.occupied(revisions.update())
        ? List.of(revisions.creation())
        : List.of();
  }

  /** Revisions of which there are pods, or will be. */
  Set<String> revisionsInUse() {
    return used;
  }

  /** Why some pods cannot be made, each reason once. */
  Set<String> problems() {
    return problems;
  }
}
