package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.Condition;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What holds when faults are over and everything has come to rest. */
final class Outcome {
  private Outcome() {}

  static void check(SimCluster cluster) {
    ModelServing serving = cluster.serving();
    Settings settings = Settings.of(cluster.observed());
    Map<String, List<SimPod>> groups =
        cluster.pods.values().stream()
            .collect(
                Collectors.groupingBy(
                    pod -> pod.label(Names.GROUP), TreeMap::new, Collectors.toList()));
    assertThat(cluster.pods.values()).as("pods").allMatch(SimPod::serves);
    boolean empty =
        serving.spec().template().roles().stream().allMatch(role -> role.replicas() == 0);
    if (!empty) assertThat(groups).as("groups").hasSize(settings.groups());
    groups.forEach((name, pods) -> {
      if (!settings.keepsRevision(Names.ordinal("ms", name))) checkGroup(serving, name, pods);
    });
    services(cluster, groups);
    checkStatus(cluster);
    nothingLeftToDo(cluster);
  }

  private static void checkGroup(ModelServing serving, String group, List<SimPod> pods) {
    Set<String> expected = new TreeSet<>();
    for (Role role : serving.spec().template().roles()) {
      List<SimPod> ofRole =
          pods.stream().filter(pod -> pod.label(Names.ROLE).equals(role.name())).toList();
      Set<String> ids =
          ofRole.stream().map(pod -> pod.label(Names.ROLE_ID)).collect(Collectors.toSet());
      assertThat(ids).as("%s of %s", role.name(), group).hasSize(role.replicas());
      for (String id : ids) {
        for (int i = 0; i <= role.workerReplicas(); i++) expected.add(Names.pod(group, id, i));
      }
      String image = String.valueOf(role.entryTemplate().spec());
      assertThat(ofRole).allSatisfy(pod -> assertThat(image).contains(pod.image()));
    }
    assertThat(pods).extracting(pod -> pod.name).containsExactlyElementsOf(expected);
  }

  private static void services(SimCluster cluster, Map<String, List<SimPod>> groups) {
    Set<String> expected = new TreeSet<>();
    groups
        .values()
        .forEach(pods ->
            pods.stream()
                .filter(pod -> !pod.label(Names.ENTRY).isEmpty())
                .filter(pod -> !pod.env().getOrDefault("GROUP_SIZE", "1").equals("1"))
                .forEach(pod -> expected.add(pod.name)));
    assertThat(cluster.services.all())
        .extracting(ObservedService::name)
        .containsExactlyElementsOf(expected);
    if (cluster.gang != GangSupport.NONE) {
      assertThat(cluster.podGroups.all())
          .extracting(ObservedPodGroup::name)
          .containsExactlyElementsOf(groups.keySet());
    }
  }

  private static void checkStatus(SimCluster cluster) {
    ModelServing.Status status = cluster.status();
    int wanted = cluster.serving().spec().replicas();
    assertThat(status.replicas()).isEqualTo(wanted);
    assertThat(status.availableReplicas()).isEqualTo(wanted);
    assertThat(status.observedGeneration()).isEqualTo(cluster.serving().metadata().generation());
    assertThat(status.conditions())
        .filteredOn(Condition::type, "Available")
        .extracting(c -> c.status().text())
        .containsExactly("True");
  }

  private static void nothingLeftToDo(SimCluster cluster) {
    cluster.deliverAll();
    Step step = cluster.plan();
    assertThat(step.changes()).as("a resync changes nothing").isEmpty();
    if (!cluster.forgets) assertThat(step.status()).isEqualTo(cluster.status());
    assertThat(step.events()).isEmpty();
    Step later = ServingPlan.next(cluster.observed(), cluster.now.plusSeconds(1));
    assertThat(later.changes()).isEmpty();
  }
}
