package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.LostRequests;
import io.ergane.e2e.OpenAiRequests;
import io.ergane.e2e.SteadyLoad;
import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.e2e.Tally;
import io.ergane.e2e.kube.ServingManifest.Role;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user of Kthena does with a model on a cluster, on the real API server: a ModelServing with
 * two roles, one of them with workers, a route to the entry pods of that one, and changes while
 * OpenAI's own client sends plain and streamed requests.
 */
@NeedsPart({Part.API_SERVER, Part.CONTROLLER_MANAGER})
final class ServingUnderLoadTest {
  private static final Role PREFILL = Role.of("prefill", 1, -1);
  private static final Role DECODE = Role.of("decode", 2, 1);
  private static final ServingManifest CHAT = ServingManifest.of("chat", 2, PREFILL, DECODE);

  private static final String SELECTED =
      "modelserving.volcano.sh/name: chat, modelserving.volcano.sh/role: decode,"
          + " modelserving.volcano.sh/entry: \"true\"";

  @TempDir Path folder;

  @Test
  void noRequestFailsThroughTheProxyWhileAModelIsScaledUpdatedAndDeleted() throws Exception {
    run();
  }

  @Test
  @NeedsPart(Part.ENVOY)
  void noRequestFailsThroughEnvoyWhileAModelIsScaledUpdatedAndDeleted() throws Exception {
    run("--envoy=" + Part.ENVOY.locate().orElseThrow(), "--xds-port=0", "--ext-proc-port=0");
  }

  private void run(String... options) throws Exception {
    try (ServingWorld world = ServingWorld.create();
        RunningGateway gateway = RunningGateway.start(folder, world.namespace(), options);
        OpenAiRequests requests = gateway.openAi()) {
      Serving serving = world.apply(CHAT).awaitPods(10);
      world.namespace().apply(RunningGateway.routing(SELECTED));
      patiently().until(() -> requests.send(0).status() == 200);
      for (int number = 0; number < 2; number++) {
        Outcome outcome = requests.send(number);
        assertThat(outcome.whole()).as("%s", outcome).isTrue();
        assertThat(outcome.engine()).matches("chat-[01]-decode-[01]-0");
      }
      try (SteadyLoad load = gateway.load(requests)) {
        changes(serving, load);
      }
      assertThat(world.kubelet().engines()).hasSize(10);
      try (SteadyLoad load = gateway.load(requests)) {
        deletion(world, serving, load);
      }
    }
  }

  /** Each change runs its course under load and every request is answered to its end. */
  private static void changes(Serving serving, SteadyLoad load) {
    load.awaitMore(20);
    serving.scale(3);
    serving.awaitPods(15);
    load.awaitMore(30);

    serving.scale(1);
    serving.awaitPods(5);
    load.awaitMore(30);

    serving.scale(2);
    serving.awaitPods(10);
    serving.apply(CHAT.tagged("2")).awaitUpdated();
    assertThat(serving.pods()).allMatch(pod -> pod.image().equals("engine:2"));
    load.awaitMore(30);
    load.close();

    Tally tally = Tally.of(load.outcomes());
    tally.print("a ModelServing scaled up and down and updated", 0);
    LostRequests.none(load.outcomes());
    assertThat(load.outcomes()).allMatch(outcome -> outcome.engine().endsWith("-0"));
  }

  /**
   * Nothing is left to serve new requests then, but those that have begun are answered to their
   * end, since these engines take their time to end.
   */
  private static void deletion(ServingWorld world, Serving serving, SteadyLoad load) {
    world.kubelet().order(_ -> true, new PodOrder.EndsAfter(Duration.ofSeconds(2)));
    load.awaitMore(20);
    world.namespace().delete(Namespace.SERVINGS, "chat");
    patiently().until(() -> serving.pods().isEmpty());
    load.awaitMore(10);
    load.close();

    Tally tally = Tally.of(load.outcomes());
    tally.print("a ModelServing deleted", 0);
    LostRequests.noneBut(Set.of(Tally.OWN_503), load.outcomes());
    assertThat(tally.failures()).isPositive();
  }
}
