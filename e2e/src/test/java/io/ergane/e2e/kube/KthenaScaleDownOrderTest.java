package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What Kthena's own end-to-end tests ask of ModelServings, under the names of those tests: who goes
 * first when there are to be fewer.
 */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class KthenaScaleDownOrderTest {
  @RegisterExtension static final RunningControlPlane CONTROLLERS = new RunningControlPlane();

  private static final Role PREFILL = Role.of("prefill", 1, -1);

  private final ServingWorld world = ServingWorld.create();

  @AfterEach
  void end() {
    world.close();
  }

  private static ServingManifest sample(int replicas, int prefill) {
    return ServingManifest.of("sample", replicas, PREFILL.scaled(prefill));
  }

  @Test
  void modelServingBinPackScaleDownServingGroup() {
    Serving serving = world.apply(sample(3, 1)).awaitPods(3);
    serving.cost("sample-1-prefill-0-0", 100);

    serving.scale(1);

    serving.awaitPods(1);
    assertThat(serving.groups()).containsExactly(1);
  }

  @Test
  void modelServingBinPackScaleDownRole() {
    Serving serving = world.apply(sample(1, 3)).awaitPods(3);
    serving.cost("sample-0-prefill-1-0", 100);

    serving.apply(sample(1, 1));

    serving.awaitPods(1);
    assertThat(serving.roleIds("prefill")).containsExactly("prefill-1");
  }

  @Test
  void modelServingBinPackScaleDownCombined() {
    Serving serving = world.apply(sample(2, 2)).awaitPods(4);
    serving.cost("sample-0-prefill-1-0", 100);
    serving.cost("sample-1-prefill-0-0", 10);

    serving.apply(sample(1, 1));

    serving.awaitPods(1);
    assertThat(serving.uids()).containsOnlyKeys("sample-0-prefill-1-0");
  }

  @Test
  void modelServingStatusAwarePriorityScaleDownServingGroup() {
    Serving serving = world.apply(sample(3, 1)).awaitPods(3);
    String unready = "sample-0-prefill-0-0";
    world.kubelet().order(unready, new PodOrder.NeverReady());
    patiently().until(() -> !serving.pod(unready).isReady());

    serving.scale(2);

    patiently().until(() -> serving.pods().size() == 2);
    serving.awaitPods(2);
    assertThat(serving.groups()).containsExactly(1, 2);
  }

  @Test
  void modelServingStatusAwarePriorityScaleDownRole() {
    Serving serving = world.apply(sample(1, 3)).awaitPods(3);
    String unready = "sample-0-prefill-0-0";
    world.kubelet().order(unready, new PodOrder.NeverReady());
    patiently().until(() -> !serving.pod(unready).isReady());

    serving.apply(sample(1, 2));

    serving.awaitPods(2);
    assertThat(serving.roleIds("prefill")).containsExactly("prefill-1", "prefill-2");
  }
}
