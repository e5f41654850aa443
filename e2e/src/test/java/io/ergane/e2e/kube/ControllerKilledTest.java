package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.kube.Serving.Member;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The controller dies at any moment of a rollout, and the next one ends it right. */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class ControllerKilledTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final int KILLS = 10;
  private static final int GROUPS = 3;

  /** About as long as a rollout takes. */
  private static final int LONGEST_MILLIS = 1200;

  private static final Role PREFILL = Role.of("prefill", 1, 1);
  private static final Role DECODE = Role.of("decode", 1, -1);

  private static ServingManifest serving(int tag) {
    return ServingManifest.of("sample", GROUPS, PREFILL, DECODE)
        .rolling("maxUnavailable: 1")
        .tagged(String.valueOf(tag));
  }

  @Test
  void aRolloutEndsRightWheneverTheControllerIsKilled() throws Exception {
    Random random = new Random(Long.getLong("laws.seed", 5));
    int size = serving(0).groupSize();
    try (ServingWorld world = ServingWorld.create()) {
      world.kubelet().order(_ -> true, new PodOrder.ReadyAfter(Duration.ofMillis(150)));
      Serving serving = world.apply(serving(0)).awaitPods(GROUPS * size);
      try (Lowest available = Lowest.of(() -> serving.availableGroups(size))) {
        for (int kill = 1; kill <= KILLS; kill++) {
          var _ = serving.apply(serving(kill));
          Thread.sleep(random.nextInt(LONGEST_MILLIS));
          CONTROLLERS.kill();
          CONTROLLERS.start();
          serving.awaitUpdated();
          int tag = kill;
          patiently().untilAsserted(() -> assertRight(serving, tag));
        }
        assertThat(available.soFar()).as("available groups").isGreaterThanOrEqualTo(GROUPS - 1);
      }
    }
  }

  private static void assertRight(Serving serving, int tag) {
    String revision = serving.status().path("updateRevision").asText();
    assertThat(serving.pods())
        .hasSize(GROUPS * serving(0).groupSize())
        .allMatch(Member::isReady)
        .allMatch(pod -> pod.image().equals("engine:" + tag))
        .allMatch(pod -> pod.revision().equals(revision));
    assertThat(serving.status().path("currentRevision").asText()).isEqualTo(revision);
    assertThat(serving.namespace().names(Namespace.REVISIONS))
        .containsExactly("sample-" + revision);
  }
}
