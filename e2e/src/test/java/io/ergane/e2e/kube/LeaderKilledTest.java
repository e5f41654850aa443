package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.CommandLine;
import io.ergane.e2e.kube.Serving.Member;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control planes of which one writes. */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class LeaderKilledTest {
  private static final int GROUPS = 4;
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/" + Installation.SYSTEM + "/leases";

  /** Above the time after which a Lease that is not renewed is over, by far. */
  private static final Duration TAKE_OVER = Duration.ofSeconds(90);

  private static final Role DECODE = Role.of("decode", 1, 1);

  @TempDir Path folder;

  private static ServingManifest serving(String tag) {
    return ServingManifest.of("sample", GROUPS, DECODE).rolling("maxUnavailable: 1").tagged(tag);
  }

  @Test
  void theOtherOneEndsARolloutInWhichTheLeaderIsKilled() throws Exception {
    try (ServingWorld world = ServingWorld.create();
        CommandLine leader = RunningControlPlane.start(folder)) {
      await().atMost(TAKE_OVER).until(() -> leads(leader));
      try (CommandLine other = RunningControlPlane.start(folder)) {
        Serving serving = world.apply(serving("1")).awaitPods(2 * GROUPS);
        String before = holder();
        assertThat(leads(other)).isFalse();

        try (Lowest available = Lowest.of(() -> serving.availableGroups(2))) {
          // The first group of the new image keeps the others waiting.
          world.kubelet().order(LeaderKilledTest::isOfTheUpdate, new PodOrder.NeverReady());
          serving.apply(serving("2"));
          patiently().until(() -> serving.pods(LeaderKilledTest::isUpdated).count() == 2);
          leader.close();
          world.kubelet().obeyUsually();

          await().atMost(TAKE_OVER).until(() -> leads(other));
          serving.awaitUpdated();
          assertThat(available.soFar()).as("available groups").isGreaterThanOrEqualTo(GROUPS - 1);
        }
        assertThat(serving.pods()).hasSize(2 * GROUPS).allMatch(LeaderKilledTest::isUpdated);
        assertThat(holder()).isNotEqualTo(before).isNotEmpty();
        assertThat(Access.refused()).isEmpty();
        other.terminate();
        assertThat(other.exitCode()).isEqualTo(143);
        assertThat(holder()).as("given back").isEmpty();
      }
    }
  }

  private static boolean leads(CommandLine process) {
    try {
      return process.err().contains("This process leads");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfTheUpdate(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getImage().equals("engine:2");
  }

  private static boolean isUpdated(Member pod) {
    return pod.image().equals("engine:2");
  }

  private static String holder() {
    JsonNode lease =
        new Namespace(Installation.server(), Installation.SYSTEM)
            .find(LEASE, "lease.kthena.controller-manager")
            .orElseThrow();
    return lease.at("/spec/holderIdentity").asText("");
  }
}
