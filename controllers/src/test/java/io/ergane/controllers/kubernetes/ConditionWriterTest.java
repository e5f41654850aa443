package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@NeedsPart(Part.API_SERVER)
final class ConditionWriterTest {
  private static double writes(SimpleMeterRegistry registry) {
    return registry.find("ergane.cluster.writes").tag("verb", "apply-status").counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void objectsShowWhatTheCompilerSaysAndNothingIsWrittenTwice() throws InterruptedException {
    TestCluster test = new TestCluster();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    test.cluster.measure(registry);
    KubernetesSource source = new KubernetesSource(test.cluster);
    test.server("qwen", "qwen");
    test.route("chat", "chat", "qwen");
    test.route("lost", "lost", "nowhere");
    test.readyPod("engine-0", "qwen", "127.0.0.7");
    try (ControlPlane plane = new ControlPlane(List.of(source), Timing.DEFAULT);
        EventRecorder events = new EventRecorder(test.cluster, "ergane", Clock.systemUTC());
        ConditionWriter writer =
            new ConditionWriter(
                test.cluster,
                source,
                events,
                Clock.systemUTC(),
                Workqueue.Pace.DEFAULT,
                registry)) {
      plane.listen(writer::update);
      plane.start();
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> {
            assertThat(test.get(Kind.MODEL_ROUTE, "chat"))
                .contains("\"reason\":\"Served\"", "\"observedGeneration\":1");
            assertThat(test.get(Kind.MODEL_SERVER, "qwen")).contains("\"reason\":\"Served\"");
            assertThat(test.get(Kind.MODEL_ROUTE, "lost")).contains("TargetMissing", "nowhere");
            assertThat(TestCluster.SERVER.get(Kind.EVENT.path(test.namespace)))
                .contains("TargetMissing");
          });
      double before = writes(registry);
      test.readyPod("engine-1", "qwen", "127.0.0.8");
      await().until(() -> plane.current().endpoints().values().iterator().next().size() == 2);
      Thread.sleep(600);
      assertThat(writes(registry)).isEqualTo(before);
      test.merge(
          Kind.MODEL_ROUTE,
          "lost",
          "{\"spec\": {\"rules\": [{\"targetModels\": [{\"modelServerName\": \"qwen\"}]}]}}");
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() ->
              assertThat(test.get(Kind.MODEL_ROUTE, "lost"))
                  .contains("\"reason\":\"Served\"", "\"observedGeneration\":2"));
    }
    source.close();
    test.cluster.close();
  }
}
