package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import io.ergane.api.PodTemplate;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Taking over from Kthena, whose hashes are others, restarts nothing. */
class TakeOverTest {
  private static final String REVISION = "84c8d69f9";
  private static final String HASH = "5cd8f4d7b";

  /** The template as users write it. */
  private static PodTemplate written() {
    Map<String, Object> engine = new LinkedHashMap<>();
    engine.put("name", "engine");
    engine.put("image", "v1");
    engine.put("args", List.of("--model", ""));
    engine.put("ports", List.of(Map.of("containerPort", 8000L)));
    engine.put("tty", false);
    engine.put(
        "resources", Map.of("limits", Map.of("cpu", "1000m", "memory", "1024Mi", "gpu", 1L)));
    engine.put("livenessProbe", Map.of("periodSeconds", 10L, "initialDelaySeconds", 0L));
    engine.put("env", List.of(Map.of("name", "EMPTY", "value", "")));
    return new PodTemplate(Map.of(), Map.of(), Map.of("containers", List.of(engine)));
  }

  /** The same as a program in Go reads and writes it. */
  private static Map<String, Object> stored() {
    Map<String, Object> engine = new LinkedHashMap<>();
    engine.put("name", "engine");
    engine.put("image", "v1");
    engine.put("args", List.of("--model", ""));
    engine.put("ports", List.of(Map.of("containerPort", 8000.0, "protocol", "TCP")));
    engine.put("resources", Map.of("limits", Map.of("cpu", "1", "memory", "1Gi", "gpu", "1")));
    engine.put("livenessProbe", Map.of("periodSeconds", 10L));
    engine.put("env", List.of(Map.of("name", "EMPTY")));
    Map<String, Object> init = new LinkedHashMap<>();
    init.put("spec", Map.of("containers", List.of(engine)));
    Map<String, Object> role = new LinkedHashMap<>();
    role.put("name", "decode");
    role.put("replicas", 1L);
    role.put("entryTemplate", init);
    role.put("workerReplicas", 0L);
    return role;
  }

  private static ModelServing serving() {
    ModelServing.Role decode = role("decode", 1, 0);
    return Servings.of(
        2,
        new ModelServing.Role(
            "decode", 1, written(), 0, null, decode.maxUnavailable(), decode.partition()));
  }

  private static SimCluster running(ModelServing serving, boolean withRevision) {
    SimCluster cluster = new SimCluster(serving);
    if (withRevision) {
      cluster.revisions.put(
          "ms-" + REVISION,
          new ObservedRevision(
              "ms-" + REVISION,
              "uid-r",
              Servings.UID,
              Map.of(Names.NAME, "ms", Names.REVISION, REVISION),
              1,
              Map.of("data", List.of(stored()))));
    }
    for (int i = 0; i < 2; i++) {
      SimPod pod =
          new SimPod(
              "ms-" + i + "-decode-0-0",
              "uid-pod-" + i,
              Servings.UID,
              Map.of(
                  Names.NAME, "ms",
                  Names.GROUP, "ms-" + i,
                  Names.ROLE, "decode",
                  Names.ROLE_ID, "decode-0",
                  Names.REVISION, REVISION,
                  Names.ROLE_TEMPLATE_HASH, HASH,
                  Names.ENTRY, "true"),
              Map.of(),
              written().spec());
      pod.phase = Phase.RUNNING;
      pod.ready = true;
      cluster.put(pod);
    }
    return cluster;
  }

  private static ModelServing seen(ModelServing serving, long observedGeneration) {
    return serving.withStatus(
        new ModelServing.Status(
            observedGeneration, 2, 2, 2, 2, REVISION, REVISION, "x", List.of(), List.of()));
  }

  @Test
  void aRevisionWhoseDataMeanTheSameIsKept() {
    SimCluster cluster = running(seen(serving(), 1), true);
    cluster.settle();
    assertThat(cluster.changes).isEmpty();
    assertThat(cluster.status().updateRevision()).isEqualTo(REVISION);
    cluster.edit(Servings.groups(3));
    cluster.settle();
    assertThat(cluster.pod("ms-2-decode-0-0").label(Names.REVISION)).isEqualTo(REVISION);
    assertThat(cluster.pod("ms-2-decode-0-0").label(Names.ROLE_TEMPLATE_HASH)).isEqualTo(HASH);
    assertThat(cluster.pod("ms-0-decode-0-0").uid).isEqualTo("uid-pod-0");
  }

  @Test
  void theNameInTheStatusOfTheSameGenerationIsKeptEvenWithoutItsData() {
    SimCluster cluster = running(seen(serving(), 1), false);
    cluster.settle();
    assertThat(cluster.changes)
        .as("only what the pods were made from is written down")
        .singleElement()
        .isInstanceOf(Change.CreateRevision.class);
    assertThat(cluster.pod("ms-0-decode-0-0").uid).isEqualTo("uid-pod-0");
  }

  @Test
  void aBareListOfRolesIsRead() {
    SimCluster cluster = running(seen(serving(), 0), true);
    ObservedRevision old = cluster.revisions.all().getFirst();
    cluster.revisions.put(
        old.name(),
        new ObservedRevision(
            old.name(), old.uid(), old.ownerUid(), old.labels(), 1, List.of(stored())));
    cluster.settle();
    assertThat(cluster.changes).isEmpty();
  }

  @Test
  void aChangeThatHappenedMeanwhileIsRolledOut() {
    SimCluster cluster = running(seen(serving(), 0), true);
    cluster.edit(Servings.images("v2"));
    cluster.settle();
    assertThat(cluster.pods.values()).extracting(SimPod::image).containsOnly("v2");
  }

  @Test
  void podsOfADeletedServingOfTheSameNameAreLeftAloneAndWaitedFor() {
    SimCluster cluster = running(serving(), true);
    List<SimPod> strangers = new ArrayList<>();
    for (SimPod pod : List.copyOf(cluster.pods.values())) {
      cluster.remove(pod);
      SimPod stranger =
          new SimPod(pod.name, pod.uid, "uid-of-another", pod.labels, pod.annotations, pod.spec);
      strangers.add(stranger);
      cluster.put(stranger);
    }
    cluster.deliverAll();
    Step step = cluster.plan();
    assertThat(step.changes()).isEmpty();
    assertThat(step.again()).isEqualTo(cluster.now.plusSeconds(1));
    strangers.forEach(cluster::remove);
    cluster.settle();
    Outcome.check(cluster);
  }
}
