package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.kube.Serving.Member;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What Kthena's own end-to-end tests ask of ModelServings, under the names of those tests: life,
 * scale and recovery.
 */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class KthenaServingTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final Role PREFILL = Role.of("prefill", 1, 1);
  private static final Role DECODE = Role.of("decode", 1, -1);

  private final ServingWorld world = ServingWorld.create();

  @AfterEach
  void end() {
    world.close();
  }

  private static ServingManifest sample(int replicas) {
    return ServingManifest.of("sample", replicas, PREFILL, DECODE);
  }

  @Test
  void modelServingLifecycle() {
    ServingManifest manifest = sample(1);
    Serving serving = world.apply(manifest).awaitPods(3);
    assertThat(serving.uids())
        .containsOnlyKeys("sample-0-decode-0-0", "sample-0-prefill-0-0", "sample-0-prefill-0-1");

    serving.apply(manifest.tagged("2")).awaitUpdated();
    assertThat(serving.pods()).hasSize(3).allMatch(pod -> pod.image().equals("engine:2"));

    world.namespace().delete(Namespace.SERVINGS, "sample");
    patiently()
        .untilAsserted(() -> {
          assertThat(world.namespace().find(Namespace.SERVINGS, "sample")).isEmpty();
          assertThat(serving.pods()).isEmpty();
          assertThat(world.namespace().names(Namespace.SERVICES)).isEmpty();
          assertThat(world.namespace().names(Namespace.REVISIONS)).isEmpty();
        });
  }

  @Test
  void modelServingScaleUp() {
    Serving serving = world.apply(sample(1)).awaitPods(3);
    Map<String, String> before = serving.uids();

    serving.scale(3);

    serving.awaitPods(9);
    assertThat(serving.groups()).containsExactly(0, 1, 2);
    assertThat(serving.uids()).containsAllEntriesOf(before);
  }

  @Test
  void modelServingScaleDown() {
    Serving serving = world.apply(sample(3)).awaitPods(9);
    Map<String, String> before = serving.uids();

    serving.scale(1);

    serving.awaitPods(3);
    assertThat(serving.groups()).containsExactly(0);
    assertThat(before).containsAllEntriesOf(serving.uids());
  }

  @Test
  void modelServingRoleScaleUp() {
    Serving serving = world.apply(sample(1)).awaitPods(3);
    Map<String, String> before = serving.uids();

    serving.apply(sample(1).changed(PREFILL.scaled(3)));

    serving.awaitPods(7);
    assertThat(serving.roleIds("prefill")).containsExactly("prefill-0", "prefill-1", "prefill-2");
    assertThat(serving.uids()).containsAllEntriesOf(before);
  }

  @Test
  void modelServingRoleScaleDown() {
    Serving serving = world.apply(sample(1).changed(PREFILL.scaled(3))).awaitPods(7);

    serving.apply(sample(1));

    serving.awaitPods(3);
    assertThat(serving.roleIds("prefill")).containsExactly("prefill-0");
    assertThat(serving.groups()).containsExactly(0);
  }

  @Test
  void modelServingServingGroupRecreate() {
    Serving serving =
        world.apply(sample(2).with("recoveryPolicy: ServingGroupRecreate")).awaitPods(6);
    Map<String, String> before = serving.uids();

    world.namespace().delete(Namespace.PODS, "sample-0-decode-0-0");

    patiently()
        .untilAsserted(() ->
            assertThat(serving.pods(pod -> pod.groupOrdinal() == 0))
                .hasSize(3)
                .noneMatch(pod -> before.containsValue(pod.uid())));
    serving.awaitPods(6);
    assertThat(serving.uids()).containsOnlyKeys(before.keySet());
    assertThat(serving.pods(pod -> pod.groupOrdinal() == 1))
        .allMatch(pod -> before.containsValue(pod.uid()));
  }

  @Test
  void modelServingHeadlessServiceDeleteOnServingGroupDelete() {
    Serving serving = world.apply(sample(3)).awaitPods(9);
    patiently()
        .untilAsserted(() ->
            assertThat(world.namespace().names(Namespace.SERVICES))
                .containsExactlyInAnyOrder(
                    "sample-0-prefill-0-0", "sample-1-prefill-0-0", "sample-2-prefill-0-0"));

    serving.scale(1);

    serving.awaitPods(3);
    patiently()
        .untilAsserted(() ->
            assertThat(world.namespace().names(Namespace.SERVICES))
                .containsExactly("sample-0-prefill-0-0"));
  }

  @Test
  void modelServingPodRecovery() {
    Serving serving =
        world
            .apply(
                sample(1)
                    .with("recoveryPolicy: RoleRecreate")
                    .with("rolloutStrategy: {type: RoleRollingUpdate}"))
            .awaitPods(3);
    Member before = serving.pod("sample-0-prefill-0-0");
    String decode = serving.pod("sample-0-decode-0-0").uid();

    world.namespace().delete(Namespace.PODS, before.name());

    patiently()
        .untilAsserted(() ->
            assertThat(serving.uids())
                .containsKey(before.name())
                .doesNotContainValue(before.uid()));
    serving.awaitPods(3);
    Member after = serving.pod(before.name());
    assertThat(List.of(after.group(), after.roleId()))
        .containsExactly(before.group(), before.roleId());
    assertThat(serving.pod("sample-0-decode-0-0").uid()).isEqualTo(decode);
  }

  @Test
  void modelServingServiceRecovery() {
    world.apply(sample(1)).awaitPods(3);
    String service = "sample-0-prefill-0-0";
    patiently().until(() -> world.namespace().find(Namespace.SERVICES, service).isPresent());
    String before = uidOfService(service);

    world.namespace().delete(Namespace.SERVICES, service);

    patiently()
        .untilAsserted(() -> assertThat(uidOfService(service)).isNotEmpty().isNotEqualTo(before));
    JsonNode found = world.namespace().find(Namespace.SERVICES, service).orElseThrow();
    assertThat(found.at("/spec/clusterIP").asText()).isEqualTo("None");
    assertThat(found.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
  }

  /** Empty when the service is not there. */
  private String uidOfService(String name) {
    return world
        .namespace()
        .find(Namespace.SERVICES, name)
        .map(service -> service.at("/metadata/uid").asText())
        .orElse("");
  }

  @Test
  void modelServingWithDuplicateHostAliases() {
    String text =
        ServingManifest.of("sample", 1, DECODE)
            .text()
            .replace(
                "terminationGracePeriodSeconds: 5",
                "hostAliases: [{ip: 10.1.2.3, hostnames: [a]}, {ip: 10.1.2.3, hostnames: [b]}]");
    world.namespace().apply(text);

    Serving serving = new Serving(world.namespace(), "sample").awaitPods(1);

    JsonNode aliases = serving.pods().getFirst().pod().at("/spec/hostAliases");
    assertThat(aliases.findValuesAsText("ip")).containsExactly("10.1.2.3", "10.1.2.3");
    assertThat(aliases.at("/0/hostnames/0").asText()).isEqualTo("a");
    assertThat(aliases.at("/1/hostnames/0").asText()).isEqualTo("b");
  }

  @Test
  void modelServingRoleStatusEvents() {
    Serving serving = world.apply(sample(1)).awaitPods(3);
    patiently()
        .untilAsserted(() ->
            assertThat(serving.events())
                .contains(
                    "RoleCreating: Role prefill/prefill-0 in ServingGroup sample-0 is now Creating",
                    "RoleRunning: Role prefill/prefill-0 in ServingGroup sample-0 is now Running",
                    "RoleCreating: Role decode/decode-0 in ServingGroup sample-0 is now Creating",
                    "RoleRunning: Role decode/decode-0 in ServingGroup sample-0 is now Running"));

    world.namespace().delete(Namespace.PODS, "sample-0-prefill-0-0");

    patiently()
        .untilAsserted(() ->
            assertThat(serving.events())
                .contains(
                    "RoleDeleting: Role prefill/prefill-0 in ServingGroup sample-0 is now Deleting"));
    serving.awaitPods(3);
  }

  @Test
  void modelServingControllerManagerRestart() {
    Role prefill = Role.of("prefill", 1, 2);
    Role decode = Role.of("decode", 2, 0);
    Serving serving = world.apply(ServingManifest.of("sample", 5, prefill, decode));
    patiently().until(() -> serving.pods().size() >= 5);

    CONTROLLERS.kill();
    CONTROLLERS.start();

    serving.awaitPods(25);
    assertThat(serving.groups()).isEqualTo(Set.of(0, 1, 2, 3, 4));
  }
}
