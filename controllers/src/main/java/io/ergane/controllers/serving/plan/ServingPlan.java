package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ServingGroupStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The decisions of the ModelServing controller.
 *
 * <p>A ModelServing {@code ms} has ServingGroups {@code ms-0}, {@code ms-1}, …; each has replicas
 * of its roles, {@code prefill-0}, {@code decode-0}, …; each of these has an entry pod {@code
 * ms-0-prefill-0-0} and workers {@code ms-0-prefill-0-1}, …. None of that is an object: groups and
 * replicas are read off the labels of pods. What pods cannot say, since they are gone, is in the
 * status.
 */
public final class ServingPlan {
  private ServingPlan() {}

  /**
   * What is to be done now; empty changes and an equal status when all is as it should be.
   *
   * @param now any time not before the times in {@code observed}
   */
  public static Step next(Observed observed, Instant now) {
    ModelServing serving = observed.serving();
    if (serving.metadata().deletionTimestamp() != null) {
      return new Step(List.of(), serving.status(), List.of(), null);
    }
    Settings settings = Settings.of(observed);
    Revisions revisions = new Revisions(observed);
    Layout layout = new Layout(settings, revisions);
    List<Group> groups = new Groups(settings, revisions, layout).of(observed.pods());

    Alarm alarm = new Alarm(now);
    Leaving leaving = new Leaving();
    Recovery recovery = new Recovery(settings, leaving, alarm, now);
    recovery.decide(groups);
    new Scaling(settings, leaving).decide(groups);
    new Rollout(settings, leaving, groups).decide();
    List<Creation.Filled> filled = new Creation(settings, layout, leaving).of(groups);

    Gang gang = new Gang(observed, settings, alarm);
    List<Change> gangs = gang.ensure(filled);
    PodCreation creation = new PodCreation(observed, settings, revisions, gang, alarm);
    List<Change> pods = creation.of(filled);
    List<Change> removals = removals(settings, groups, filled, leaving, gang, alarm, now);

    GroupStatuses statuses = new GroupStatuses(serving.status().groups(), leaving, recovery);
    List<ServingGroupStatus> groupStatuses = statuses.of(groups, filled);
    ModelServing.Status status =
        new StatusWriter(settings, revisions, leaving, groups, filled)
            .write(groupStatuses, creation.problems(), now);

    List<Change> changes = new ArrayList<>(creation.revision());
    changes.addAll(removals);
    changes.addAll(new Services(observed, settings, leaving, alarm).of(groups, filled));
    changes.addAll(gangs);
    changes.addAll(pods);
    changes.addAll(revisions.deletions(keptRevisions(status, creation)));
    return new Step(changes, status, statuses.events(), alarm.earliest());
  }

  /** Drains and deletions; a PodGroup goes with the last pods of its group, before them. */
  private static List<Change> removals(
      Settings settings,
      List<Group> groups,
      List<Creation.Filled> filled,
      Leaving leaving,
      Gang gang,
      Alarm alarm,
      Instant now) {
    Removal removal = new Removal(settings, leaving, alarm, now);
    List<Change> pods = new ArrayList<>();
    Set<String> podGroups = new HashSet<>();
    filled.stream().filter(Creation.Filled::hasPods).forEach(group -> podGroups.add(group.name()));
    for (Group group : groups) {
      List<Change> changes = removal.of(group);
      pods.addAll(changes);
      long staying =
          group.replicas().stream()
              .flatMap(replica -> replica.pods().stream())
              .filter(pod -> !pod.terminating())
              .count();
      long deletions = changes.stream().filter(Change.DeletePod.class::isInstance).count();
      if (staying > deletions) podGroups.add(group.name());
    }
    List<Change> all = new ArrayList<>(gang.deleteAllBut(podGroups));
    all.addAll(pods);
    return all;
  }

  private static Set<String> keptRevisions(ModelServing.Status status, PodCreation creation) {
    Set<String> kept = new HashSet<>(creation.revisionsInUse());
    if (status.currentRevision() != null) kept.add(status.currentRevision());
    if (status.updateRevision() != null) kept.add(status.updateRevision());
    return kept;
  }
}
