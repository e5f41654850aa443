package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.ObjectName;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsPart(Part.API_SERVER)
final class LeaderGateTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final LeaderGate.Terms QUICK =
      new LeaderGate.Terms(Duration.ofSeconds(4), Duration.ofSeconds(2), Duration.ofMillis(300));

  private static final ObjectName LEASE =
      new ObjectName(TestCluster.SYSTEM, "lease.kthena.controller-manager");
  private static final String PATH = Kind.LEASE.path(LEASE);

  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @BeforeEach
  void forget() {
    var _ = TestCluster.SERVER.send("DELETE", PATH, "application/json", "");
  }

  private LeaderGate stand(TestCluster test, String identity) {
    return LeaderGate.elected(
        test.cluster,
        LEASE,
        identity,
        QUICK,
        () -> {
          most.accumulateAndGet(working.incrementAndGet(), Math::max);
          return working::decrementAndGet;
        });
  }

  @Test
  void oneOfTwoLeadsAndTheOtherFollowsWhenItLeaves() {
    TestCluster test = new TestCluster();
    try (LeaderGate first = stand(test, "first")) {
      await().atMost(SOON).until(() -> first.leading() && working.get() == 1);
      try (LeaderGate second = stand(test, "second")) {
        await().during(Duration.ofSeconds(1)).until(() -> !second.leading());
        assertThat(TestCluster.SERVER.get(PATH)).contains("\"holderIdentity\":\"first\"");
        first.close();
        await().atMost(SOON).until(() -> second.leading() && working.get() == 1);
        assertThat(most).hasValue(1);
      }
      assertThat(working).hasValue(0);
    }
    test.cluster.close();
  }

  @Test
  void aLeaderWhoseLeaseIsTakenStopsItsWork() {
    TestCluster test = new TestCluster();
    try (LeaderGate gate = stand(test, "first")) {
      await().atMost(SOON).until(() -> gate.leading() && working.get() == 1);
      var _ =
          TestCluster.SERVER.send(
              "PATCH",
              PATH,
              "application/merge-patch+json",
              "{\"spec\": {\"holderIdentity\": \"thief\", \"renewTime\": \"2999-01-01T00:00:00.000000Z\"}}");
      await().atMost(SOON).until(() -> working.get() == 0 && !gate.leading());
    }
    test.cluster.close();
  }
}
