package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;

import io.ergane.e2e.LostRequests;
import io.ergane.e2e.SteadyLoad;
import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.e2e.Tally;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that somebody else runs are served by the routes of the cluster they are in. */
@NeedsPart(Part.API_SERVER)
final class ClusterRoutingTest {
  @TempDir Path folder;

  private static void create(ServingWorld world, String pod) {
    world
        .namespace()
        .apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, labels: {app: chat}}
            spec:
              containers: [{name: engine, image: "engine:1", ports: [{containerPort: 8000}]}]
            """
                .formatted(pod));
  }

  @Test
  void podsAreServedAsTheyComeAndLeaveWithoutAFailedRequest() throws Exception {
    try (ServingWorld world = ServingWorld.create();
        RunningGateway gateway = RunningGateway.start(folder, world.namespace())) {
      world.namespace().apply(RunningGateway.routing("app: chat"));
      create(world, "a");
      patiently().until(() -> gateway.ask().statusCode() == 200);

      try (SteadyLoad load = gateway.load()) {
        load.awaitMore(10);
        create(world, "b");
        patiently().until(() -> latest(load).contains("b"));

        drain(world, "a");
        patiently().until(() -> !latest(load).contains("a"));
        patiently().until(() -> world.kubelet().engine("a").state().running() == 0);
        world.namespace().delete(Namespace.PODS, "a");
        load.awaitMore(30);
        load.close();

        Tally tally = Tally.of(load.outcomes());
        tally.print("a pod came, another was drained and deleted", 0);
        LostRequests.none(load.outcomes());
      }
    }
  }

  private static void drain(ServingWorld world, String pod) {
    var _ =
        world
            .namespace()
            .patch(
                Namespace.PODS,
                pod,
                "{\"metadata\": {\"annotations\": {\"ergane.io/draining\": \"%s\"}}}"
                    .formatted(Instant.now()));
  }

  /** Pods that answered the last twenty requests. */
  private static List<String> latest(SteadyLoad load) {
    List<Outcome> outcomes = load.outcomes();
    return outcomes.subList(Math.max(0, outcomes.size() - 20), outcomes.size()).stream()
        .map(Outcome::engine)
        .toList();
  }
}
