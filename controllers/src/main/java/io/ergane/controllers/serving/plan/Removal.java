package io.ergane.controllers.serving.plan;

import io.ergane.controllers.serving.plan.Leaving.Exit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How what leaves is deleted. Pods that answer requests are marked first and deleted with their
 * whole role replica when the last of them has no request left and is out of routing everywhere, or
 * its time is over. What does not serve is not waited for.
 */
final class Removal {
  private final Settings settings;
  private final Leaving leaving;
  private final Alarm alarm;
  private final Instant now;
  private final List<Change> changes = new ArrayList<>();

  Removal(Settings settings, Leaving leaving, Alarm alarm, Instant now) {
    this.settings = settings;
    this.leaving = leaving;
    this.alarm = alarm;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Drains and deletions of a group's pods. */
  List<Change> of(Group group) {
    changes.clear();
    for (Replica replica : group.replicas()) {
      Exit exit = leaving.exit(group, replica);
      if (exit != null) remove(replica.byIndex(), exit);
      else single(replica);
    }
    return List.copyOf(changes);
  }

  private void single(Replica replica) {
    replica
        .extras()
        .forEach(pod -> delete(pod, new Exit("its role replica has fewer pods", false)));
    replica
        .byIndex()
        .forEach((index, pod) -> {
          Exit exit = leaving.exit(pod);
          if (exit != null) remove(Map.of(index, pod), exit);
        });
  }

  private void remove(Map<Integer, ObservedPod> pods, Exit exit) {
    boolean waits = false;
    for (Map.Entry<Integer, ObservedPod> entry : pods.entrySet()) {
      ObservedPod pod = entry.getValue();
      if (exit.drain() && answers(entry.getKey(), pod)) waits |= drain(pod, exit);
    }
    if (!waits) pods.values().forEach(pod -> delete(pod, exit));
  }

  /** Whether requests may run on a pod: workers take none unless a data plane watches them. */
  private boolean answers(int index, ObservedPod pod) {
    int running = pod.runningRequests().orElse(0);
    return !pod.terminating()
        && !pod.ended()
        && !settings.drain().isZero()
        && (index == 0 || pod.runningRequests().isPresent())
        && (pod.ready() || running > 0);
  }

  /** Begins or continues a drain; whether it is to be waited for. */
  private boolean drain(ObservedPod pod, Exit exit) {
    Instant since = pod.drainingSince();
    if (since == null) {
      Instant deadline = now.plus(settings.drain());
      changes.add(new Change.DrainPod(pod.name(), pod.uid(), now, deadline, exit.why()));
      alarm.at(deadline);
      alarm.soon();
      return true;
    }
    Instant deadline = since.plus(settings.drain());
    boolean idle = pod.outOfRouting() && pod.runningRequests().orElse(0) == 0;
    if (idle || !now.isBefore(deadline)) return false;
    alarm.at(deadline);
    alarm.soon();
    return true;
  }

  private void delete(ObservedPod pod, Exit exit) {
    if (!pod.terminating()) {
      changes.add(new Change.DeletePod(pod.name(), pod.uid(), exit.why()));
    }
  }
}
