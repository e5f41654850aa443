package io.ergane.controllers.serving.plan;

import static io.ergane.controllers.serving.plan.Servings.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.GangPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.Template;
import io.ergane.api.NetworkTopology;
import io.ergane.api.PodTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PodGroups of Volcano. */
class GangTest {
  private static final NetworkTopology.Policy TIER =
      new NetworkTopology.Policy(NetworkTopology.Mode.HARD, 2, null);

  private static ModelServing gang(Map<String, Integer> least, NetworkTopology topology) {
    ModelServing serving =
        Servings.edit(
            Servings.of(1, role("p", 3, 2), role("d", 2, 0)), Servings.scheduler("volcano"));
    return Servings.edit(
        serving,
        spec ->
            Servings.withTemplate(
                spec, new Template(0, new GangPolicy(least), topology, spec.template().roles())));
  }

  private static SimCluster settled(ModelServing serving, GangSupport support) {
    SimCluster cluster = new SimCluster(serving);
    cluster.gang = support;
    cluster.settle();
    return cluster;
  }

  @Test
  void membersAndSubgroupsFollowTheLeastReplicasOfRoles() {
    SimCluster cluster =
        settled(
            Servings.annotated(
                gang(Map.of("p", 1), new NetworkTopology(TIER, null)), Names.QUEUE, "gold"),
            GangSupport.PODGROUP_WITH_SUBGROUPS);
    ObservedPodGroup group = cluster.podGroups.all().getFirst();
    assertThat(group.name()).isEqualTo("ms-0");
    assertThat(group.spec())
        .containsEntry("minMember", 5L)
        .containsEntry("queue", "gold")
        .containsEntry("networkTopology", Map.of("mode", "hard", "highestTierAllowed", 2L));
    assertThat(RoleTree.list(group.spec().get("subGroupPolicy")))
        .extracting(item -> RoleTree.tree(item).get("name"))
        .isEqualTo(List.of("p", "d"));
    Map<String, Object> first =
        RoleTree.tree(RoleTree.list(group.spec().get("subGroupPolicy")).getFirst());
    assertThat(first)
        .containsEntry("subGroupSize", 3L)
        .containsEntry("minSubGroups", 1L)
        .containsEntry("matchLabelKeys", List.of(Names.ROLE_ID))
        .containsEntry(
            "labelSelector", Map.of("matchLabels", Map.of(Names.NAME, "ms", Names.ROLE, "p")));
    assertThat(cluster.pod("ms-0-p-1-2").annotations)
        .containsEntry(Names.POD_GROUP, "ms-0")
        .containsEntry(Names.TASK, "p-1");
  }

  @Test
  void withoutSubgroupsInTheSchemaNoneAreWritten() {
    SimCluster cluster =
        settled(gang(Map.of(), new NetworkTopology(null, TIER)), GangSupport.PODGROUP);
    assertThat(cluster.podGroups.all().getFirst().spec())
        .containsEntry("minMember", 11L)
        .doesNotContainKeys("subGroupPolicy", "networkTopology", "queue");
  }

  @Test
  void otherSchedulersHaveNoPodGroups() {
    SimCluster cluster =
        settled(Servings.of(1, role("d", 1, 0)), GangSupport.PODGROUP_WITH_SUBGROUPS);
    assertThat(cluster.podGroups.all()).isEmpty();
    assertThat(cluster.pod("ms-0-d-0-0").annotations).isEmpty();
  }

  @Test
  void aDeletedPodGroupIsCreatedAgainAndAChangedOneIsCorrectedInPlace() {
    SimCluster cluster =
        settled(gang(Map.of(), new NetworkTopology(TIER, null)), GangSupport.PODGROUP);
    cluster.podGroups.remove("ms-0");
    cluster.settle();
    String uid = cluster.podGroups.all().getFirst().uid();
    cluster.edit(spec ->
        Servings.withTemplate(
            spec, new Template(0, new GangPolicy(Map.of()), null, spec.template().roles())));
    cluster.settle();
    ObservedPodGroup group = cluster.podGroups.all().getFirst();
    assertThat(group.uid()).isEqualTo(uid);
    assertThat(group.spec()).doesNotContainKey("networkTopology");
  }

  @Test
  void fieldsThatOthersSetAreKeptAndStartNoUpdate() {
    SimCluster cluster =
        settled(gang(Map.of(), new NetworkTopology(TIER, null)), GangSupport.PODGROUP);
    ObservedPodGroup old = cluster.podGroups.all().getFirst();
    Map<String, Object> spec = new LinkedHashMap<>(old.spec());
    spec.put("queue", "default");
    spec.put("priorityClassName", "high");
    spec.put("networkTopology", Map.of("mode", "hard", "highestTierAllowed", 2L, "more", 1L));
    cluster.podGroups.put(
        old.name(),
        new ObservedPodGroup(old.name(), old.uid(), old.ownerUid(), old.labels(), spec, false));
    cluster.changes.clear();
    cluster.settle();
    assertThat(cluster.changes).isEmpty();
  }

  @Test
  void resourcesCountInitContainersSidecarsLimitsAndOverhead() {
    Map<String, Object> pod =
        Map.of(
            "containers",
            List.of(
                Map.of("image", "v1", "resources", Map.of("requests", Map.of("cpu", "500m"))),
                Map.of(
                    "image",
                    "v1",
                    "resources",
                    Map.of("limits", Map.of("cpu", "1", "memory", "80Gi")))),
            "initContainers",
            List.of(
                Map.of(
                    "restartPolicy",
                    "Always",
                    "resources",
                    Map.of("requests", Map.of("memory", "1Gi"))),
                Map.of("resources", Map.of("requests", Map.of("cpu", "4", "memory", "2Gi")))),
            "overhead",
            Map.of("cpu", "250m"));
    assertThat(PodRequests.of(pod).get("cpu")).hasToString("4250m");
    assertThat(PodRequests.of(pod).get("memory")).hasToString("81Gi");
    PodTemplate template = new PodTemplate(Map.of(), Map.of(), pod);
    Role role = new Role("d", 2, template, 1, template, IntOrPercent.of(1), null);
    SimCluster cluster =
        settled(
            Servings.edit(Servings.of(1, role), Servings.scheduler("volcano")),
            GangSupport.PODGROUP);
    assertThat(cluster.podGroups.all().getFirst().spec().get("minResources"))
        .isEqualTo(Map.of("cpu", "17", "memory", "324Gi"));
  }

  @Test
  void quantitiesAreReadAndWritten() {
    assertThat(ResourceAmount.parse("1.5Gi")).hasToString("1536Mi");
    assertThat(ResourceAmount.parse("2e3")).hasToString("2000");
    assertThat(ResourceAmount.parse(4L)).hasToString("4");
    assertThat(ResourceAmount.parse("100k")).hasToString("100000");
    assertThat(ResourceAmount.parse("1n")).hasToString("1n");
    assertThat(ResourceAmount.parse("many")).isNull();
    assertThat(ResourceAmount.parse("")).isNull();
  }
}
