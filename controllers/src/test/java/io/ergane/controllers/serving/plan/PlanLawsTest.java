package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.testkit.Laws;
import org.junit.jupiter.api.Test;

/**
 * What holds under random faults. {@code -Dserving.laws=N} sets the number of runs, 2000 without;
 * the run of 10000 takes some minutes.
 */
class PlanLawsTest {
  private static final int RUNS = Integer.getInteger("serving.laws", 2000);
  private static final int LONGEST = 60;

  @Test
  void anyFaultsAtAnyPointEndInWhatTheSpecSays() {
    Laws.hold(
        RUNS * 7 / 10,
        LONGEST,
        (random, ticks) -> {
          Chaos chaos = new Chaos(random, true);
          if (random.nextInt(10) == 0) chaos.occupy("ms-0-decode-0-0");
          told(
              chaos,
              () -> {
                chaos.rage(ticks);
                chaos.calm();
              });
        });
  }

  @Test
  void rolloutsNeverTakeDownMoreThanTheyMay() {
    Laws.hold(
        RUNS * 3 / 10,
        LONGEST,
        (random, ticks) -> {
          Chaos chaos = new Chaos(random, false);
          chaos.cluster.settle();
          told(
              chaos,
              () -> {
                rage(chaos, ticks);
                chaos.calm();
              });
        });
  }

  private static final int LONGEST_STORY = 40_000;

  /** A breach comes with the end of its story. */
  private static void told(Chaos chaos, Runnable run) {
    try {
      run.run();
    } catch (AssertionError breach) {
      String story = chaos.story();
      String end = story.substring(Math.max(0, story.length() - LONGEST_STORY));
      throw new AssertionError(breach.getMessage() + "\n" + end, breach);
    }
  }

  private static void rage(Chaos chaos, int ticks) {
    SimCluster cluster = chaos.cluster;
    int wanted = cluster.serving().spec().replicas();
    int least = wanted - Settings.of(cluster.observed()).maxUnavailable();
    for (int i = 0; i < ticks; i++) {
      chaos.rage(1);
      assertThat(cluster.availableGroups().size())
          .as("available of %d groups", wanted)
          .isGreaterThanOrEqualTo(least);
    }
  }
}
