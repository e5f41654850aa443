package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static io.ergane.controllers.serving.plan.SimCluster.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Plugin;
import io.ergane.api.ModelServing.PluginScope;
import io.ergane.api.ModelServing.PluginType;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ObjectMeta;
import io.ergane.api.OwnerReference;
import io.ergane.api.PodTemplate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What pods are made of. */
class PodsTest {
  private static Role withTemplate(PodTemplate template) {
    return new Role("decode", 1, template, 1, template, IntOrPercent.of(1), null);
  }

  @Test
  void entryAndWorkersHaveTheirLabelsAndEnvironment() {
    SimCluster cluster = settled(Servings.of(1, role("decode", 1, 2)));
    SimPod entry = cluster.pod("ms-0-decode-0-0");
    SimPod worker = cluster.pod("ms-0-decode-0-2");
    assertThat(entry.labels)
        .containsEntry("app", "engine")
        .containsEntry(Names.NAME, "ms")
        .containsEntry(Names.GROUP, "ms-0")
        .containsEntry(Names.ROLE, "decode")
        .containsEntry(Names.ROLE_ID, "decode-0")
        .containsEntry(Names.ENTRY, "true")
        .containsKeys(Names.REVISION, Names.ROLE_TEMPLATE_HASH);
    assertThat(worker.labels).doesNotContainKey(Names.ENTRY);
    assertThat(worker.env())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("GROUP_SIZE", "3", "ENTRY_ADDRESS", "ms-0-decode-0-0.ns", "WORKER_INDEX", "2"));
    assertThat(entry.env()).containsEntry("WORKER_INDEX", "0");
  }

  @Test
  void ourVariablesReplaceThoseOfTheSameNameAndComeLastInOrder() {
    Map<String, Object> container =
        Map.of(
            "image",
            "v1",
            "env",
            List.of(
                Map.of("name", "WORKER_INDEX", "value", "7"), Map.of("name", "A", "value", "b")));
    PodTemplate template =
        new PodTemplate(
            Map.of(),
            Map.of(),
            Map.of("containers", List.of(container), "initContainers", List.of(container)));
    SimCluster cluster = settled(Servings.of(1, withTemplate(template)));
    for (String list : List.of("containers", "initContainers")) {
      Object first = RoleTree.list(cluster.pod("ms-0-decode-0-1").spec.get(list)).getFirst();
      assertThat(RoleTree.list(RoleTree.tree(first).get("env")))
          .extracting(item -> RoleTree.tree(item).get("name"))
          .isEqualTo(List.of("A", "GROUP_SIZE", "ENTRY_ADDRESS", "WORKER_INDEX"));
    }
  }

  @Test
  void labelsOfTheTemplateCannotReplaceThoseThatSelectorsRelyOn() {
    PodTemplate template =
        new PodTemplate(
            Map.of(Names.GROUP, "mine", Names.ENTRY, "true"),
            Map.of(),
            Servings.template("v1").spec());
    SimCluster cluster = settled(Servings.of(1, withTemplate(template)));
    assertThat(cluster.pod("ms-0-decode-0-1").labels)
        .containsEntry(Names.GROUP, "ms-0")
        .doesNotContainKey(Names.ENTRY);
  }

  @Test
  void testModelServingWithDuplicateHostAliases() {
    List<Map<String, Object>> aliases =
        List.of(
            Map.of("ip", "10.0.0.1", "hostnames", List.of("a")),
            Map.of("ip", "10.0.0.1", "hostnames", List.of("b")));
    PodTemplate template =
        new PodTemplate(
            Map.of(),
            Map.of(),
            Map.of("hostAliases", aliases, "containers", List.of(Map.of("image", "v1"))));
    SimCluster cluster = settled(Servings.of(1, withTemplate(template)));
    assertThat(cluster.pod("ms-0-decode-0-0").spec).containsEntry("hostAliases", aliases);
  }

  @Test
  void demoPodTweaksChangesWhatIsInItsScope() {
    Plugin tweaks =
        new Plugin(
            "demo-pod-tweaks",
            PluginType.BUILT_IN,
            Map.of(
                "runtimeClassName", "nvidia",
                "annotations", Map.of("a", "b"),
                "env", List.of(Map.of("name", "X", "value", "y"))),
            new PluginScope(List.of("decode"), "Worker"));
    SimCluster cluster =
        settled(
            Servings.edit(Servings.of(1, role("decode", 1, 1)), Servings.plugins(List.of(tweaks))));
    SimPod worker = cluster.pod("ms-0-decode-0-1");
    assertThat(worker.spec).containsEntry("runtimeClassName", "nvidia");
    assertThat(worker.annotations).containsEntry("a", "b");
    assertThat(worker.env()).containsEntry("X", "y");
    assertThat(cluster.pod("ms-0-decode-0-0").spec).doesNotContainKey("runtimeClassName");
  }

  @Test
  void aPluginThatIsNotKnownStopsTheCreationOfPodsAndIsTold() {
    Plugin unknown = new Plugin("nope", PluginType.BUILT_IN, null, null);
    SimCluster cluster =
        settled(
            Servings.edit(
                Servings.of(1, role("decode", 1, 0)), Servings.plugins(List.of(unknown))));
    assertThat(cluster.pods).isEmpty();
    assertThat(cluster.status().conditions())
        .anySatisfy(c ->
            assertThat(c.message())
                .contains(
                    "plugin nope is not known; known are demo-pod-tweaks,"
                        + " lws-standard-labels"));
    cluster.edit(Servings.plugins(List.of()));
    cluster.settle();
    Outcome.check(cluster);
  }

  @Test
  void lwsStandardLabelsAreThoseOfALeaderWorkerSet() {
    ModelServing plain =
        Servings.edit(
            Servings.of(2, role("default", 1, 1)),
            Servings.plugins(
                List.of(new Plugin("lws-standard-labels", PluginType.BUILT_IN, null, null))));
    ObjectMeta old = plain.metadata();
    ObjectMeta owned =
        new ObjectMeta(
            "ms",
            "ns",
            Map.of(),
            Map.of(),
            old.uid(),
            "1",
            1,
            null,
            null,
            List.of(
                new OwnerReference(
                    "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "ms", "uid-lws", true)));
    SimCluster cluster = settled(new ModelServing(owned, plain.spec(), plain.status()));
    assertThat(cluster.pod("ms-1-default-0-1").labels)
        .containsEntry("leaderworkerset.sigs.k8s.io/name", "ms")
        .containsEntry("leaderworkerset.sigs.k8s.io/group-index", "1")
        .containsEntry("leaderworkerset.sigs.k8s.io/worker-index", "1")
        .containsEntry(
            "leaderworkerset.sigs.k8s.io/group-key", "3b44cd7a5301cd85ab019987ad4f8c7bc5665c77");
  }

  @Test
  void namesAreReadBackToOrdinals() {
    assertThat(Names.ordinal("ms", "ms-12")).isEqualTo(12);
    assertThat(Names.ordinal("ms", "ms-")).isEqualTo(-1);
    assertThat(Names.ordinal("ms", "ms-1a")).isEqualTo(-1);
    assertThat(Names.ordinal("ms", "msx1")).isEqualTo(-1);
    assertThat(Names.ordinal("ms-1", "ms-1-0")).isZero();
    assertThat(Names.ordinal("ms", "ms-99999999999")).isEqualTo(-1);
  }
}
