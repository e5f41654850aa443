package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ServingGroupStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What holds for every step, whatever is observed. */
final class StepLaws {
  void check(Observed observed, Step step, Instant now) {
    Map<String, ObservedPod> pods =
        observed.pods().stream().collect(Collectors.toMap(ObservedPod::name, Function.identity()));
    Set<String> revisions =
        observed.revisions().stream().map(ObservedRevision::name).collect(Collectors.toSet());
    Set<String> podGroups =
        observed.podGroups().stream().map(ObservedPodGroup::name).collect(Collectors.toSet());
    boolean gangs =
        observed.gang() != GangSupport.NONE
            && observed.serving().spec().schedulerName().equals("volcano");
    Set<String> created = new HashSet<>();
    for (Change change : step.changes()) {
      switch (change) {
        case Change.DeletePod delete -> isOurs(seen(pods, delete.name()), delete.uid());
        case Change.DrainPod drain -> isOurs(seen(pods, drain.name()), drain.uid());
        case Change.CreateRevision create -> revisions.add(create.name());
        case Change.CreatePodGroup create -> podGroups.add(create.name());
        case Change.CreatePod create -> {
          assertThat(pods).as("pods when one is created").doesNotContainKey(create.name());
          assertThat(created.add(create.name())).as("created once").isTrue();
          assertThat(revisions).contains("ms-" + create.labels().get(Names.REVISION));
          if (gangs) assertThat(podGroups).contains(create.labels().get(Names.GROUP));
        }
        default -> {}
      }
    }
    failuresAreWritten(step, pods);
    orderDoesNotMatter(observed, step, now);
    if (step.again() != null) assertThat(step.again()).isAfterOrEqualTo(now.minusSeconds(1));
  }

  private static ObservedPod seen(Map<String, ObservedPod> pods, String name) {
    return Objects.requireNonNull(pods.get(name), "what is deleted was seen");
  }

  private static void isOurs(ObservedPod pod, String uid) {
    assertThat(pod.uid()).isEqualTo(uid);
    assertThat(pod.ownerUid()).isEqualTo(Servings.UID);
    assertThat(pod.terminating()).isFalse();
  }

  /** A deletion for a failure is remembered before it happens. */
  private static void failuresAreWritten(Step step, Map<String, ObservedPod> pods) {
    for (Change change : step.changes()) {
      if (!(change instanceof Change.DeletePod delete) || !delete.why().contains("failed:"))
        continue;
      ObservedPod pod = seen(pods, delete.name());
      String group = pod.labels().get(Names.GROUP);
      assertThat(step.status().groups())
          .filteredOn(status -> status.name().equals(group))
          .flatExtracting(ServingGroupStatus::roles)
          .anySatisfy(role -> assertThat(role.failures()).isPositive());
    }
  }

  private static void orderDoesNotMatter(Observed observed, Step step, Instant now) {
    Observed shuffled =
        new Observed(
            observed.serving(),
            shuffled(observed.pods()),
            shuffled(observed.services()),
            shuffled(observed.revisions()),
            shuffled(observed.podGroups()),
            observed.gang(),
            observed.drains());
    assertThat(ServingPlan.next(shuffled, now)).isEqualTo(step);
  }

  private static <T> List<T> shuffled(List<T> items) {
    List<T> copy = new ArrayList<>(items);
    Collections.shuffle(copy, new Random(items.size()));
    return copy;
  }
}
